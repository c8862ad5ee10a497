import { dirname, isAbsolute, relative, sep } from "node:path";
import { fileSize } from "../../io/files/file_size.ts";
import { hashFiles } from "../../io/files/hash_files.ts";
import { sha256 } from "../../io/files/sha256.ts";
import { readCommand } from "../infer/command.ts";
import { listVideos } from "../infer/find_videos.ts";
import { modelPath } from "../terminal/model_path.ts";
import { stoppable, untilInterrupted } from "../terminal/interrupt.ts";
import { clearStatus, countdown } from "../terminal/status_line.ts";
import { parseOptions, switches, texts, UsageError, userPath } from "../terminal/terminal.ts";
import { type Fingerprints, modelFingerprint, partFingerprints } from "./fingerprints.ts";
import { type Job, jobId } from "./job.ts";
import { type JobOptions, jobOptions, optionArguments, pickJobOptions } from "./job_options.ts";
import { jobSubject, NatsQueue } from "./nats_queue.ts";
import { extendLine } from "./person_line.ts";
import { queueHelp, queueOptions, readQueueOptions } from "./queue_options.ts";

const help = `Puts videos into a queue from which many machines take them (\`./autt work\`).

usage: ./autt submit VIDEO|FOLDER … --queue nats://HOST --head FILE [options]
  --root FOLDER     the folder that all machines share (default: the current one)
  --model NAME      the CLIP to read with (default vit-b-32); workers that have another one refuse the job
  --head FILE       the head to read with; likewise
  --sources FILE    the people that tta-cap learns from; likewise
  --subject         the videos of each folder show one person: they are read in the order of their
                    names, and what is learnt of the person is kept in the queue
  --method NAME, --classes A,B, --from S, --to S, --every N, --person N, --all, --no-face-crop,
  --no-adapt, --observe, --least X, --write A,B, --precision P
                    as for \`./autt infer\`
${queueHelp}

A job that is already waiting, running or done is not added again. For progress and results: \`./autt jobs\`.`;

/** The `submit` command. */
export async function submit(args: string[]): Promise<number> {
  const { values, positionals } = parseOptions(args, {
    ...queueOptions,
    ...jobOptions,
    ...texts("root", "head", "sources"),
    ...switches("subject"),
    model: { type: "string", default: "vit-b-32" },
  }, help);
  const [first] = positionals;
  if (first === undefined) throw new UsageError("Cannot submit 0 videos: name one");
  const address = await readQueueOptions(values);
  const options = pickJobOptions(values), { head, sources, model } = values;
  // Refuses all that `infer` would refuse, before a job is made of it.
  const command = await readCommand([
    ...["--out", ".", "--model", model],
    ...(head === undefined ? [] : ["--head", head]),
    ...(sources === undefined ? [] : ["--sources", sources]),
    ...optionArguments(options),
    ...["--", first],
  ]);
  if (values.subject && (!command.method.keeps || values.all)) {
    throw new UsageError(
      values.all
        ? "Cannot watch everyone and one person: leave out --all, or --subject"
        : `Cannot learn over a person's clips with "${
          command.method.told?.mode ?? "no method"
        }": it begins anew ` +
          "with each video: leave out --subject",
    );
  }
  const root = userPath(values.root ?? ".");
  const videos = await videosBelow(root, positionals);
  return await stoppable(async (signal) => {
    const fingerprints = {
      model: await modelFingerprint(await modelPath(model, false)),
      ...await partFingerprints(command),
    };
    await using queue = await NatsQueue.open(address);
    const counts = { added: 0, there: 0, done: 0, failed: 0 };
    const show = countdown(videos.length, "videos submitted");
    for (const group of groupsOf(videos, values.subject)) {
      signal.throwIfAborted();
      const jobs: { id: string; job: Job }[] = [];
      for (const { name, path } of group.videos) {
        const line = group.person === undefined
          ? undefined
          : await lineKey(group.person, options, fingerprints);
        const job = await untilInterrupted(
          describe(name, path, { options, line, ...fingerprints }),
          signal,
        );
        jobs.push({ id: await jobId(job), job });
      }
      await putIn(queue, jobs, counts);
      show(counts.added + counts.there + counts.done + counts.failed);
    }
    clearStatus();
    console.log(
      `${counts.added} videos submitted, ${counts.there} were waiting or running already, ` +
        `${counts.done} were done`,
    );
    if (counts.failed > 0) {
      console.log(`${counts.failed} failed before: \`./autt jobs --retry\` tries them again`);
    }
    return 0;
  }, "stopped: what is submitted stays so; the same command submits the rest");
}

/** The videos that are named, by their paths below the root, with slashes. */
async function videosBelow(root: string, names: readonly string[]) {
  const found = new Map<string, string>();
  for (const given of names) {
    for (const { path } of await listVideos([given])) {
      const name = relative(root, path).replaceAll(sep, "/");
      if (name.startsWith("../") || name === ".." || isAbsolute(name)) {
        throw new UsageError(
          `Cannot submit "${path}": it is outside ${root}, the folder that all machines share: name ` +
            "another one with --root",
        );
      }
      if (await fileSize(path) === undefined) {
        throw new UsageError(`Cannot submit "${path}": there is no such file`);
      }
      found.set(name, path);
    }
  }
  if (found.size === 0) throw new Error(`Cannot find a video in ${names.join(", ")}`);
  return [...found].map(([name, path]) => ({ name, path }));
}

type Found = Awaited<ReturnType<typeof videosBelow>>;

/** Videos that are put in together: those of a person, or each by itself. */
function groupsOf(
  videos: Found,
  subject: boolean,
): { readonly person: string | undefined; readonly videos: Found }[] {
  if (!subject) return videos.map((video) => ({ person: undefined, videos: [video] }));
  return [...Map.groupBy(videos, ({ name }) => dirname(name))]
    .map(([person, videos]) => ({ person, videos }));
}

/** What is learnt of a person belongs to these options and models. The person's name is not to be seen. */
const lineKey = (person: string, options: JobOptions, { model, head, sources }: Fingerprints) =>
  sha256([JSON.stringify([person, Object.entries(options).sort(), model, head, sources])]);

async function describe(
  name: string,
  path: string,
  rest: Omit<Job, "version" | "video" | "bytes" | "sha256">,
): Promise<Job> {
  const bytes = await fileSize(path) ?? 0;
  return { version: 1, video: name, bytes, sha256: await hashFiles(path), ...rest };
}

async function putIn(
  queue: NatsQueue,
  jobs: readonly { readonly id: string; readonly job: Job }[],
  counts: Record<"added" | "there" | "done" | "failed", number>,
): Promise<void> {
  const open: { readonly id: string; readonly job: Job }[] = [];
  for (const one of jobs) {
    const result = await queue.result(one.id);
    if (result) counts[result.state]++;
    else open.push(one);
  }
  const line = open[0]?.job.line;
  if (line !== undefined) {
    const added = await extendLine(queue, line, open);
    counts.added += added;
    counts.there += open.length - added;
    return;
  }
  for (const { id, job } of open) {
    counts[await queue.publish(`${jobSubject}${id}`, job) ? "added" : "there"]++;
  }
}
