import type { JsMsg } from "@nats-io/jetstream";
import { DeviceLostError } from "../../engine/mod.ts";
import { WriteError } from "../../io/files/writing.ts";
import { VideoError } from "../../media/video/video_error.ts";
import { Interrupted, untilInterrupted } from "../terminal/interrupt.ts";
import { clearStatus, say } from "../terminal/status_line.ts";
import { sentenceOf } from "../terminal/terminal.ts";
import { BadJob, type Job, jobId, readJob, readMessage } from "./job.ts";
import { jobSubject, lineSubject, type NatsQueue } from "./nats_queue.ts";
import { patiently } from "./patiently.ts";
import { advance, allLines, callWorker, nextClip, readLine } from "./person_line.ts";
import { failure, type Result } from "./result.ts";
import type { DoneJob, JobRunner } from "./run_job.ts";

/** After so many failures, or so many workers that ended without a word, a job is failed. */
const mostFailures = 3, mostDeliveries = 20;

/** A job that failed for a reason that may pass: it is tried again. */
class TryAgain extends Error {}

/** Takes messages, does what they ask for and keeps the results. */
export class Worker {
  readonly #queue: NatsQueue;
  readonly #runner: Pick<JobRunner, "run"> & Disposable;
  readonly #signal: AbortSignal;

  /** Works with this queue until the signal says stop. */
  constructor(
    queue: NatsQueue,
    runner: Pick<JobRunner, "run"> & Disposable,
    signal: AbortSignal,
  ) {
    this.#queue = queue;
    this.#runner = runner;
    this.#signal = signal;
  }

  /** Works until stopped, or until nothing waits and nothing runs. */
  async workUntil(end: "stopped" | "empty"): Promise<void> {
    // A line whose call was lost, because a worker ended just then, is called again.
    for await (const { key, record } of allLines(this.#queue)) {
      if (record.next < record.clips.length) await callWorker(this.#queue, key);
    }
    for (;;) {
      const message = await untilInterrupted(this.#queue.take(), this.#signal);
      if (message) await this.handle(message);
      else if (end === "empty") {
        const { waiting, running } = await this.#queue.counts();
        if (waiting === 0 && running === 0) return;
      }
    }
  }

  /** Does what a message asks for. Gives it back if that can't be done now. */
  async handle(message: JsMsg): Promise<void> {
    using _held = this.#queue.hold(message);
    try {
      if (message.subject.startsWith(lineSubject)) await this.#doLine(message);
      else await this.#doJob(message);
      await this.#queue.done(message);
    } catch (error) {
      clearStatus();
      if (error instanceof TryAgain) return message.nak(1000);
      message.nak();
      throw error;
    }
  }

  async #doJob(message: JsMsg): Promise<void> {
    const name = message.subject.slice(jobSubject.length);
    let job: Job;
    try {
      job = readJob(message.data);
      if (await jobId(job) !== name) {
        throw new BadJob("Cannot take a job: it is not the one that its subject names");
      }
    } catch (error) {
      return await this.#refuse(message, error);
    }
    if (await this.#queue.result(name)) return;
    const { result } = await this.#tryJob(name, job, undefined, message);
    await this.#keep(name, result);
  }

  /** Does what is left of a person's line, clip after clip. */
  async #doLine(message: JsMsg): Promise<void> {
    const key = message.subject.slice(lineSubject.length);
    try {
      if (readMessage(message.data)["line"] !== key) {
        throw new BadJob("Cannot take a job: it is not of the line that its subject names");
      }
    } catch (error) {
      return await this.#refuse(message, error);
    }
    for (;;) {
      this.#signal.throwIfAborted();
      const line = await readLine(this.#queue, key);
      if (line === undefined) return;
      const clip = await nextClip(this.#queue, line);
      if (clip === undefined) return;
      if (clip === "moved on") continue;
      const { result, learnt } = await this.#tryJob(clip.id, clip.job, clip.learnt, message);
      // The result comes first: a worker that ends between the two leaves a clip that is done again.
      await this.#keep(clip.id, result);
      if (!await advance(this.#queue, line, learnt)) {
        say(`another worker has gone on with the person of ${clip.job.video}`);
      }
    }
  }

  /** Does a job. Throws a `TryAgain` if it failed for a reason that may pass. */
  async #tryJob(
    id: string,
    job: Job,
    learnt: Uint8Array<ArrayBuffer> | undefined,
    message: JsMsg,
  ): Promise<DoneJob> {
    const start = performance.now();
    const failed = (code: number, sentence: string): DoneJob => {
      const seconds = (performance.now() - start) / 1000;
      return { result: { ...failure(job.video, code, sentence, seconds), job }, learnt: undefined };
    };
    if (message.info.deliveryCount > mostDeliveries) {
      return failed(1, `Cannot read "${job.video}": ${mostDeliveries} workers ended before it was`);
    }
    try {
      return await this.#runner.run(job, learnt, this.#signal);
    } catch (error) {
      clearStatus();
      if (error instanceof Interrupted) throw error;
      if (error instanceof BadJob) return failed(2, error.message);
      // A machine without ffmpeg says nothing about the video.
      if (error instanceof VideoError && error.blame !== "decoder") return failed(4, error.message);
      const sentence = sentenceOf(error), failures = await this.#countFailure(id, sentence);
      if (error instanceof DeviceLostError) this.#runner[Symbol.dispose]();
      if (failures >= mostFailures) {
        return failed(1, `${sentence} (the last of ${failures} failures)`);
      }
      say(`error: ${job.video}: ${sentence}: it is tried again`);
      // On a disk that is full, the next job fails too.
      if (error instanceof WriteError) throw error;
      throw new TryAgain();
    }
  }

  /** Counts failures of a job on all machines. */
  async #countFailure(id: string, sentence: string): Promise<number> {
    const { work } = this.#queue, key = `tries.${id}`;
    const entry = await patiently(() => work.get(key));
    const failures = entry?.operation === "PUT" ? entry.json<{ failures: number }>().failures : 0;
    await patiently(() => work.put(key, JSON.stringify({ failures: failures + 1, sentence })));
    return failures + 1;
  }

  /** Keeps a message that is no job among the failed ones. */
  async #refuse(message: JsMsg, error: unknown): Promise<void> {
    if (!(error instanceof BadJob)) throw error;
    await this.#keep(`message-${message.seq}`, failure("", 2, error.message));
  }

  async #keep(id: string, result: Result): Promise<void> {
    await this.#queue.keepResult(id, result);
    const { video, code, answers, sentence } = result;
    if (sentence !== undefined) return say(`error: ${sentence}`);
    const told = answers.map((one) =>
      one.class ?? (one.abstained === undefined ? "observed" : `no answer: ${one.abstained}`)
    ).join("; ");
    console.log(`${video}: ${told} (${code})`);
  }
}
