import { isFolder } from "../../io/files/is_folder.ts";
import { stoppable } from "../terminal/interrupt.ts";
import { modelPath } from "../terminal/model_path.ts";
import {
  allowedNumber,
  modelHelp,
  modelOptions,
  parseOptions,
  precisionHelp,
  readPrecision,
  switches,
  texts,
  UsageError,
  userPath,
} from "../terminal/terminal.ts";
import { JobRunner } from "./run_job.ts";
import { NatsQueue, usualLease } from "./nats_queue.ts";
import { queueHelp, queueOptions, readQueueOptions } from "./queue_options.ts";
import { Worker } from "./worker.ts";

const help = `Takes jobs of \`./autt submit\` and reads their videos, until it is stopped.

usage: ./autt work --queue nats://HOST --root FOLDER --out FOLDER --head FILE [options]
  --root FOLDER     the folder that all machines share: videos outside it are refused
  --out FOLDER      where outputs go, as \`./autt infer --out\` writes them
  --model NAME      the CLIP (default vit-b-32); jobs that want another one are refused
  --head FILE       the head; likewise
  --sources FILE    the people that tta-cap learns from; likewise
  --precision P     refuse jobs that want the CLIP's weights in another precision than P, f32 or f16
                    (default: take what each job wants)
  --until-empty     stop when no job is waiting or running
  --lease S         for a new queue: seconds after which the job of a worker that says nothing goes to
                    another one (default ${usualLease})
${modelHelp.replace(`${precisionHelp}\n`, "").replace(/\n {2}-h, --help.*$/, "")}
${queueHelp}

Ctrl-C gives the job back. Exit codes: 0 nothing is left (--until-empty), 2 an invalid command line, 130
Ctrl-C, 1 any other error; the job is given back. \`./autt jobs\` lists how jobs ended.`;

/** The `work` command. */
export async function work(args: string[]): Promise<number> {
  const { values, positionals } = parseOptions(args, {
    ...modelOptions,
    ...queueOptions,
    ...texts("root", "out", "head", "sources", "lease"),
    ...switches("until-empty"),
    model: { type: "string", default: "vit-b-32" },
  }, help);
  if (positionals.length > 0) {
    throw new UsageError("Cannot take videos: `./autt submit` puts them into the queue");
  }
  const { root, out, lease = `${usualLease}` } = values;
  if (root === undefined || out === undefined) {
    throw new UsageError("Cannot work without folders: name them with --root and --out");
  }
  const seconds = allowedNumber(
    lease,
    (x) => x >= 1 && x <= 86400,
    `Cannot wait ${lease} seconds for a worker: wanted a number from 1 to 86400`,
  );
  const address = await readQueueOptions(values);
  if (!await isFolder(userPath(root))) {
    throw new UsageError(`Cannot find videos in "${root}": there is no such folder`);
  }
  using runner = await JobRunner.open({
    root: await Deno.realPath(userPath(root)),
    out: userPath(out),
    model: values.model,
    modelPath: await modelPath(values.model, values.yes),
    head: values.head,
    sources: values.sources,
    adapter: values.adapter,
    schedule: values.schedule,
    precision: values.precision === undefined ? undefined : readPrecision(values.precision),
  });
  return await stoppable(async (signal) => {
    await using queue = await NatsQueue.open(address, seconds);
    const worker = new Worker(queue, runner, signal);
    await worker.workUntil(values["until-empty"] ? "empty" : "stopped");
    return 0;
  }, "stopped: the job was given back");
}
