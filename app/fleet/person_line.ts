import { sha256 } from "../../io/files/sha256.ts";
import { type Job, readJob } from "./job.ts";
import { lineSubject, type NatsQueue } from "./nats_queue.ts";
import { patiently } from "./patiently.ts";

/** The clips of one person, in the order in which they are decided, as the queue keeps it. */
interface LineRecord {
  /** Ids of the jobs. */
  readonly clips: readonly string[];
  /** How many of them have a result. */
  readonly next: number;
  /** Hash of what was learnt so far and in how many parts it is kept; undefined before anything was. */
  readonly learnt?: { readonly sha256: string; readonly parts: number } | undefined;
}

/** A line as it was read: its revision tells whether somebody else has changed it since. */
export interface Line {
  readonly key: string;
  readonly revision: number;
  readonly record: LineRecord;
}

/** A message holds a megabyte at most, and what is learnt of a person can be more. */
const partBytes = 512 * 1024;

const partKey = (key: string, sum: string, part: number) => `learnt.${key}.${sum}.${part}`;

/** Reads a person's line. */
export async function readLine(queue: NatsQueue, key: string): Promise<Line | undefined> {
  const entry = await patiently(() => queue.work.get(`line.${key}`));
  if (entry?.operation !== "PUT") return undefined;
  return { key, revision: entry.revision, record: entry.json<LineRecord>() };
}

/** The next clip of a line, and what was learnt before it; undefined at the line's end. */
export async function nextClip(queue: NatsQueue, { key, record: { clips, next, learnt } }: Line) {
  const id = clips[next];
  if (id === undefined) return undefined;
  const job = await patiently(() => queue.work.get(`job.${id}`));
  const bytes = new Uint8Array((learnt?.parts ?? 0) * partBytes);
  let size = 0;
  for (let part = 0; part < (learnt?.parts ?? 0); part++) {
    const entry = await patiently(() => queue.work.get(partKey(key, learnt?.sha256 ?? "", part)));
    // Another worker has gone on meanwhile: what it learnt since is kept elsewhere.
    if (entry?.operation !== "PUT") return "moved on" as const;
    bytes.set(entry.value, size);
    size += entry.value.length;
  }
  return {
    id,
    job: readJob(job?.value ?? new Uint8Array()),
    learnt: learnt && bytes.slice(0, size),
  };
}

/**
 * Goes on to a line's next clip with what was learnt; undefined keeps what was known. Returns
 * false if another worker was faster: then nothing has changed.
 */
export async function advance(
  queue: NatsQueue,
  line: Line,
  learnt: Uint8Array<ArrayBuffer> | undefined,
): Promise<boolean> {
  const { key, record } = line;
  let kept = record.learnt;
  if (learnt) {
    kept = { sha256: await sha256([learnt]), parts: Math.ceil(learnt.length / partBytes) };
    for (let part = 0; part < kept.parts; part++) {
      const bytes = learnt.slice(part * partBytes, (part + 1) * partBytes);
      await queue.create(queue.work, partKey(key, kept.sha256, part), bytes);
    }
  }
  // Clips that were added meanwhile change the revision too, and stay.
  for (let at = line;;) {
    const changed = { ...at.record, next: record.next + 1, learnt: kept };
    const won = await queue.replace(
      queue.work,
      `line.${key}`,
      JSON.stringify(changed),
      at.revision,
    );
    if (won) break;
    const now = await readLine(queue, key);
    if (now === undefined || now.record.next !== record.next) return false;
    at = now;
  }
  const { learnt: before } = record;
  if (before && before.sha256 !== kept?.sha256) {
    for (let part = 0; part < before.parts; part++) {
      await patiently(() => queue.work.purge(partKey(key, before.sha256, part)));
    }
  }
  return true;
}

/**
 * Puts clips at the end of a person's line and calls a worker. Returns how many were added: those that
 * are in it are left out, unless they are to be done again.
 */
export async function extendLine(
  queue: NatsQueue,
  key: string,
  jobs: readonly { readonly id: string; readonly job: Job }[],
  which: "new" | "again" = "new",
): Promise<number> {
  for (const { id, job } of jobs) {
    await queue.create(queue.work, `job.${id}`, JSON.stringify(job));
  }
  let added = 0;
  for (let kept = false; !kept;) {
    const line = await readLine(queue, key);
    const { clips, ...rest } = line?.record ?? { clips: [], next: 0 };
    const fresh = jobs.filter(({ id }) => which === "again" || !clips.includes(id)).map(({ id }) =>
      id
    );
    added = fresh.length;
    if (added === 0) break;
    const text = JSON.stringify({ ...rest, clips: [...clips, ...fresh] });
    kept = line
      ? await queue.replace(queue.work, `line.${key}`, text, line.revision)
      : await queue.create(queue.work, `line.${key}`, text);
  }
  await callWorker(queue, key);
  return added;
}

/** Tells workers that a line has clips left, unless they have been told already. */
export async function callWorker(queue: NatsQueue, key: string): Promise<void> {
  await queue.publish(`${lineSubject}${key}`, { version: 1, line: key });
}

/** All lines. */
export async function* allLines(queue: NatsQueue) {
  for await (const { key, value } of queue.entries(queue.work, "line.*")) {
    const record: LineRecord = JSON.parse(new TextDecoder().decode(value));
    yield { key: key.slice("line.".length), record };
  }
}
