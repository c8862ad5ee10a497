import { writeAtomically } from "../../io/files/write_atomically.ts";
import { formatSeconds } from "../terminal/progress_line.ts";
import { parseOptions, switches, texts, UsageError, userPath } from "../terminal/terminal.ts";
import { jobSubject, NatsQueue } from "./nats_queue.ts";
import { allLines, extendLine } from "./person_line.ts";
import { queueHelp, queueOptions, readQueueOptions } from "./queue_options.ts";
import { encodeResults, type Result } from "./result.ts";

const help = `Lists how many jobs of a queue wait, run, are done and have failed, and why.

usage: ./autt jobs --queue nats://HOST [options]
  --retry           try failed jobs again; those of a person go to the end of the person's queue
  --export FILE     all results as a table (.csv)
${queueHelp}`;

type Kept = Result & { readonly id: string };

/** The `jobs` command. */
export async function jobs(args: string[]): Promise<number> {
  const { values, positionals } = parseOptions(args, {
    ...queueOptions,
    ...texts("export"),
    ...switches("retry"),
  }, help);
  if (positionals.length > 0) throw new UsageError("Cannot list single jobs: use --export");
  await using queue = await NatsQueue.open(await readQueueOptions(values));
  const results = await allResults(queue);
  const failed = results.filter(({ state }) => state === "failed");
  for (const { video, sentence } of failed) console.log(`failed: ${video || "?"}: ${sentence}`);
  console.log(await tell(queue, results));
  if (values.export !== undefined) {
    await writeAtomically(userPath(values.export), encodeResults(results));
  }
  if (values.retry) {
    let again = 0;
    for (const result of failed) if (await retry(queue, result)) again++;
    console.log(`${again} jobs are tried again`);
  }
  return 0;
}

/** All results, by their jobs' ids. */
export async function allResults(queue: NatsQueue): Promise<Kept[]> {
  const decoder = new TextDecoder();
  const results = await Array.fromAsync(
    queue.entries(queue.results),
    ({ key, value }): Kept => ({ ...JSON.parse(decoder.decode(value)), id: key }),
  );
  return results.sort((a, b) => a.video < b.video ? -1 : 1);
}

async function tell(queue: NatsQueue, results: readonly Kept[]): Promise<string> {
  let left = 0, lines = 0;
  for await (const { record: { clips, next } } of allLines(queue)) {
    left += clips.length - next;
    if (clips.length > next) lines++;
  }
  const { waiting, running } = await queue.counts();
  // The message of a line stands for all clips that are left in it.
  left += Math.max(0, waiting + running - lines);
  const done = results.filter(({ state }) => state === "done");
  const mean = done.reduce((sum, { seconds }) => sum + seconds, 0) / done.length;
  const time = left > 0 && running > 0 && done.length > 0
    ? `; about ${formatSeconds(mean * left / running)} left`
    : "";
  return `${left - running} wait, ${running} run, ${done.length} are done, ` +
    `${results.length - done.length} failed${time}`;
}

/** Puts a failed job in again; not what was no job. The result goes first: a worker leaves out what has one. */
async function retry(queue: NatsQueue, { id, job }: Kept): Promise<boolean> {
  if (!job) return false;
  await queue.work.purge(`tries.${id}`);
  await queue.results.purge(id);
  if (job.line === undefined) await queue.publish(`${jobSubject}${id}`, job);
  else await extendLine(queue, job.line, [{ id, job }], "again");
  return true;
}
