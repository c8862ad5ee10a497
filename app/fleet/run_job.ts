import type { Device } from "../../engine/mod.ts";
import { hashFiles } from "../../io/files/hash_files.ts";
import { bytesSource } from "../../io/files/byte_source.ts";
import { readTensors } from "../../io/tensors/read_tensors.ts";
import type { Precision } from "../../model/clip/precision.ts";
import { openReader } from "../../person/open_reader.ts";
import type { VideoReader } from "../../person/video_reader.ts";
import { encodeSubject, readSubject } from "../../tta/clip_autt/subject_state.ts";
import { type About, aboutReader } from "../infer/about.ts";
import { loadParts } from "../infer/choose_parts.ts";
import { type InferCommand, readCommand } from "../infer/command.ts";
import { madeOf, tellPrecision } from "../infer/tell_precision.ts";
import { readVideo } from "../infer/read_video.ts";
import { guardInputs } from "../infer/write_outputs.ts";
import { untilInterrupted } from "../terminal/interrupt.ts";
import { StageClock } from "../terminal/stage_clock.ts";
import { openNamed } from "../terminal/terminal.ts";
import { checkVideo } from "./check_video.ts";
import { modelFingerprint, partFingerprints } from "./fingerprints.ts";
import { BadJob, type Job } from "./job.ts";
import { optionArguments } from "./job_options.ts";
import { answersOf, type Result } from "./result.ts";

/** What a worker was started with. */
export interface WorkerSetup {
  /** The real path of the folder that videos are in. */
  readonly root: string;
  readonly out: string;
  /** The model's name, and where it is. */
  readonly model: string;
  readonly modelPath: string;
  readonly head: string | undefined;
  readonly sources: string | undefined;
  readonly adapter: string | undefined;
  readonly schedule: string | undefined;
  /** The only one that jobs may ask for; undefined if any may be. */
  readonly precision: Precision | undefined;
}

/** A job that is done: its result, and what was learnt of the person if it was to be kept. */
export interface DoneJob {
  readonly result: Result;
  readonly learnt: Uint8Array<ArrayBuffer> | undefined;
}

/** Does jobs on one device. The models stay loaded as long as jobs have the same options. */
export class JobRunner implements Disposable {
  readonly #setup: WorkerSetup;
  readonly #fingerprint: string;
  #device: Device | undefined;
  #open: { readonly key: string; readonly reader: VideoReader; readonly about: About } | undefined;

  private constructor(setup: WorkerSetup, fingerprint: string) {
    this.#setup = setup;
    this.#fingerprint = fingerprint;
  }

  /** Looks at the model. The device is opened with the first job. */
  static async open(setup: WorkerSetup): Promise<JobRunner> {
    return new JobRunner(setup, await modelFingerprint(setup.modelPath));
  }

  /**
   * Reads a job's video and writes its outputs, as `infer` does.
   *
   * @param learnt What was learnt of the person so far, if the job is one of a line.
   */
  async run(job: Job, learnt: Uint8Array<ArrayBuffer> | undefined, signal: AbortSignal) {
    const start = performance.now();
    const path = await checkVideo(this.#setup.root, job);
    const command = await this.#commandOf(job, path);
    const { reader, about } = await this.#readerOf(job, command, signal);
    const autt = reader.decider?.autt;
    if (learnt && autt) {
      using file = await readTensors(bytesSource("what was learnt of the person", learnt));
      autt.restore(await readSubject(file));
    } else if (job.line !== undefined) autt?.forget();
    let kept: Uint8Array<ArrayBuffer> | undefined;
    const video = { name: job.video, path };
    const files = [command.head, command.sources].flatMap((file) => file ? [file.path] : []);
    const readings = await readVideo(video, command, {
      reader,
      about,
      guard: await guardInputs([path, ...files]),
      signal,
      clock: new StageClock(),
      keep: job.line === undefined
        ? undefined
        : (state) => Promise.try(() => void (kept = encodeSubject(state))),
    });
    const written = readings.flatMap(({ person }) => Object.values(command.outputs(video, person)))
      .filter((file) => file !== undefined);
    const result: Result = {
      video: job.video,
      state: "done",
      code: readings.some(({ analysis }) => analysis.abstained !== undefined) ? 3 : 0,
      answers: answersOf(readings, about.classes),
      seconds: Number(((performance.now() - start) / 1000).toFixed(3)),
      outputs: await hashFiles(...written),
    };
    return { result, learnt: kept };
  }

  /** Frees the device: the next job opens another one. */
  [Symbol.dispose](): void {
    this.#close();
    this.#device?.[Symbol.dispose]();
    this.#device = undefined;
  }

  #close(): void {
    this.#open?.reader[Symbol.dispose]();
    this.#open = undefined;
  }

  /** The job as a command line of `infer`, with this worker's files. */
  async #commandOf(job: Job, path: string): Promise<InferCommand> {
    const { out, model, head, sources } = this.#setup;
    let command: InferCommand;
    try {
      command = await readCommand([
        ...["--out", out, "--model", model],
        ...(job.head === undefined || head === undefined ? [] : ["--head", head]),
        ...(job.sources === undefined || sources === undefined ? [] : ["--sources", sources]),
        ...optionArguments(job.options),
        ...["--", path],
      ]);
    } catch (error) {
      throw new BadJob((error as Error).message, { cause: error });
    }
    return command;
  }

  async #readerOf(job: Job, command: InferCommand, signal: AbortSignal) {
    const { options, model, head, sources, line } = job;
    const key = JSON.stringify([
      ...[Object.entries(options).sort(), model, head, sources],
      line !== undefined,
    ]);
    if (this.#open?.key === key) return this.#open;
    await this.#checkFingerprints(job, command);
    this.#close();
    this.#device ??= await openNamed(this.#setup);
    const parts = await loadParts(command.method, command);
    const opening = openReader({
      device: this.#device,
      model: this.#setup.modelPath,
      precision: command.precision,
      entry: command.method.entry,
      ...parts,
      onePerson: job.line !== undefined,
      faces: command.faces,
      enrolment: undefined,
    });
    const reader = await untilInterrupted(opening, signal);
    tellPrecision(reader.watcher.clip, madeOf(parts));
    this.#open = { key, reader, about: await aboutReader(reader, command, parts) };
    return this.#open;
  }

  /** Refuses a job that wants other models than this worker has. */
  async #checkFingerprints(job: Job, command: InferCommand): Promise<void> {
    const own = { model: this.#fingerprint, ...await partFingerprints(command) };
    const { precision } = this.#setup;
    if (precision !== undefined && precision !== command.precision) {
      throw new BadJob(
        `Cannot read "${job.video}" with this worker: the job wants weights kept as ` +
          `${command.precision}, and this worker keeps them as ${precision} (--precision)`,
      );
    }
    for (const part of ["model", "head", "sources"] as const) {
      if (job[part] === own[part]) continue;
      const told = (hash: string | undefined) => hash?.slice(0, 12) ?? "none";
      throw new BadJob(
        `Cannot read "${job.video}" with this worker's ${part}: the job wants the one with fingerprint ` +
          `${told(job[part])}, and this worker has ${told(own[part])}`,
      );
    }
  }
}
