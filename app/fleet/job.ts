import { sha256 } from "../../io/files/sha256.ts";
import { type JobOptions, optionFault } from "./job_options.ts";

/** A video that a worker is to read. */
export interface Job {
  readonly version: 1;
  /** Path of the video, relative to the root that all machines share, with slashes. */
  readonly video: string;
  readonly bytes: number;
  readonly sha256: string;
  readonly options: JobOptions;
  /** Hash of the CLIP's files. */
  readonly model: string;
  /** Hash of the head's file, if there is one. */
  readonly head?: string | undefined;
  /** Hash of the source people's file, if there is one. */
  readonly sources?: string | undefined;
  /** Key of the person's line, if the method learns over a person's clips: their turn is in its order. */
  readonly line?: string | undefined;
}

/** A job that no worker can do, however often it is tried. The message says why, in a sentence. */
export class BadJob extends Error {
  override name = "BadJob";
}

/** Jobs are small: a larger message is none. In bytes. */
const largestJob = 65536;

const hash = /^[0-9a-f]{64}$/;

/** Reads a job from a message. Throws a `BadJob` for anything else. */
export function readJob(bytes: Uint8Array): Job {
  const job = readMessage(bytes);
  const refuse = (why: string) => new BadJob(`Cannot take a job: ${why}`);
  const { version, video, bytes: size, options, head, sources, line } = job;
  if (version !== 1) {
    throw refuse(`it is of version ${JSON.stringify(version)?.slice(0, 40)}, and 1 is wanted`);
  }
  if (typeof video !== "string" || video === "") throw refuse("it names no video");
  if (!Number.isSafeInteger(size)) throw refuse("it does not tell the video's size");
  for (const name of ["sha256", "model"] as const) {
    if (!isHash(job[name])) throw refuse(`its ${name} is no SHA-256`);
  }
  for (const [name, value] of Object.entries({ head, sources, line })) {
    if (value !== undefined && !isHash(value)) throw refuse(`its ${name} is no SHA-256`);
  }
  const fault = optionFault(options);
  if (fault !== undefined) throw refuse(fault);
  return job as unknown as Job;
}

/** The fields of a message. Throws a `BadJob` if it has none. */
export function readMessage(bytes: Uint8Array): Record<string, unknown> {
  if (bytes.length > largestJob) {
    throw new BadJob(
      `Cannot take a job: its message has ${bytes.length} bytes, and ${largestJob} are allowed`,
    );
  }
  let fields: unknown;
  try {
    fields = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch {
    throw new BadJob("Cannot take a job: its message is not JSON");
  }
  if (typeof fields !== "object" || fields === null || Array.isArray(fields)) {
    throw new BadJob("Cannot take a job: its message is no object of JSON");
  }
  return fields as Record<string, unknown>;
}

const isHash = (value: unknown): value is string => typeof value === "string" && hash.test(value);

/** Identifies a job by all that it says, so that the same job is not done twice. */
export async function jobId(job: Job): Promise<string> {
  const { version, video, bytes, sha256: sum, options, model, head, sources, line } = job;
  const sorted = Object.entries(options).sort(([a], [b]) => a < b ? -1 : 1);
  return await sha256([
    JSON.stringify([version, video, bytes, sum, sorted, model, head, sources, line]),
  ]);
}
