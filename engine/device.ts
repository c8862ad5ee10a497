import type { AdapterFacts } from "./adapter.ts";
import type { DType, HostArrays } from "./dtype.ts";
import { messageOf, nextEvents, withErrorScope } from "./error_scope.ts";
import { DeviceLostError, KernelError, OutOfMemoryError } from "./errors.ts";
import { checkedLimits, type Limits } from "./limits.ts";
import { Pipelines } from "./pipelines.ts";
import { Pool } from "./pool.ts";
import { Reader } from "./read.ts";
import type { MeasuredSchedule } from "./schedules/measured_schedule.ts";
import type { Tensor } from "./tensor.ts";

/** Milliseconds after which a map that was broken off is no sign of a lost device. */
const longestLossDelay = 500;

/** An open device. Owns the memory pool, the compiled kernels and the staging of results. */
export class Device implements Disposable {
  /** WebGPU's own device. */
  readonly gpu: GPUDevice;
  /** The facts about the adapter that kernels may depend on. */
  readonly adapter: AdapterFacts;
  /** By which ways it runs operations, as far as that was measured on it. */
  readonly schedule: MeasuredSchedule;
  /** The limits that plans are checked against. */
  readonly limits: Limits;
  /**
   * The source of all memory, which counts it.
   * @internal
   */
  readonly pool: Pool;
  /**
   * Compiled kernels.
   * @internal
   */
  readonly pipelines: Pipelines;
  readonly #reader: Reader;
  readonly #errors: Error[] = [];
  /** How often `check()` has thrown a device error. */
  #thrown = 0;
  #lost: GPUDeviceLostInfo | undefined;
  /** Resolves when the outcome of everything in `watch()` is known. */
  #watched: Promise<unknown> = Promise.resolve();

  /** Use `openDevice()`. */
  constructor(
    gpu: GPUDevice,
    adapter: AdapterFacts,
    schedule: MeasuredSchedule,
    memoryCap: number,
    fence?: GPUBuffer,
  ) {
    this.gpu = gpu;
    this.adapter = adapter;
    this.schedule = schedule;
    this.limits = Object.fromEntries(
      checkedLimits.map((limit) => [limit, gpu.limits[limit]]),
    ) as Limits;
    this.pool = new Pool(gpu, memoryCap);
    this.pipelines = new Pipelines(gpu);
    this.#reader = new Reader(gpu, this.pool, fence);
    gpu.addEventListener("uncapturederror", (event) => {
      // Deno would print the error as an uncaught one as well.
      event.preventDefault();
      this.#report((event as GPUUncapturedErrorEvent).error);
    });
    gpu.lost.then((info) => this.#lost = info);
  }

  /** Whether reads and `settled()` go without the 10 ms that Deno sleeps; see `DeviceOptions`. */
  get quickReads(): boolean {
    return this.#reader.quick;
  }

  /** Throws the first device error that has not been thrown yet. */
  check(): void {
    if (this.#lost) {
      throw new DeviceLostError(
        `Cannot go on: the device was lost (${this.#lost.reason || "unknown"}): ` +
          `${this.#lost.message || "no reason given"}: open a new one`,
        this.#lost.reason || "unknown",
      );
    }
    const errors = this.#errors.splice(0);
    // Running out of memory is the cause of the errors that follow it.
    const first = errors.find((error) => error instanceof OutOfMemoryError) ?? errors[0];
    if (!first) return;
    this.#thrown++;
    throw first;
  }

  /**
   * Copies tensors back to the host: the only way out. Read several at once: where `quickReads` is
   * false, each call costs about 10 ms in Deno, however little it reads. Rejects with the first
   * device error.
   */
  async read<D extends DType>(tensor: Tensor<D>): Promise<HostArrays[D]>;
  /** Several tensors, with one wait. */
  async read<T extends readonly Tensor<DType>[]>(
    tensors: T,
  ): Promise<{ -readonly [K in keyof T]: HostArrays[T[K]["dtype"]] }>;
  async read(wanted: Tensor<DType> | readonly Tensor<DType>[]): Promise<unknown> {
    this.check();
    const tensors = "kind" in wanted ? [wanted] : wanted;
    const arrays = await this.answer(() => this.#reader.read(tensors));
    return "kind" in wanted ? arrays[0] : arrays;
  }

  /** Resolves when all submitted work is done; rejects with the first device error. */
  async settled(): Promise<void> {
    this.check();
    await this.answer(() => this.#reader.settle());
  }

  /** Asks the device for something and waits for it. Rejects with the first device error. */
  async answer<T>(ask: () => Promise<T>): Promise<T> {
    const { value, error } = withErrorScope(this.gpu, ask);
    const [answer, scope] = await Promise.allSettled([value, error]);
    const failure = scope.status === "fulfilled" && scope.value;
    if (failure) this.#report(failure, true); // before the errors that follow from it
    if (answer.status === "rejected") await this.#cause(answer.reason);
    await this.#watched;
    this.check(); // a device error, or the loss of the device, is the cause of a rejection
    if (failure) throw typedError(failure); // somebody else was told already
    if (answer.status === "fulfilled") return answer.value;
    if (!(answer.reason instanceof DOMException)) throw answer.reason;
    throw new KernelError(`Cannot read what the device has computed: ${answer.reason.message}`, "");
  }

  /** Waits for what reports the cause of a rejection. A browser tells of a lost device after its effects. */
  async #cause(reason: unknown): Promise<void> {
    await nextEvents();
    if (!(reason instanceof DOMException && reason.name === "AbortError")) return;
    const late = Promise.withResolvers<void>();
    const timer = setTimeout(late.resolve, longestLossDelay);
    await Promise.race([this.gpu.lost, late.promise]);
    clearTimeout(timer);
  }

  /**
   * Allocates memory and builds what uses it. Rejects with the first device error that this causes.
   * When the device runs out of memory, idle memory goes back to it and `action` runs once more.
   * `action` must be synchronous; its result is disposed of when the device reports an error.
   */
  async attempt<T extends Disposable | void>(action: () => T): Promise<T> {
    await this.#watched;
    this.check();
    for (let mayRetry = true;; mayRetry = false) {
      const { value, error } = withErrorScope(this.gpu, action);
      using failed = new DisposableStack();
      if (value) failed.use(value);
      const failure = await error;
      if (failure) this.pool.distrust();
      this.check();
      if (!failure) {
        failed.move();
        return value;
      }
      if (mayRetry && failure instanceof GPUOutOfMemoryError) continue;
      await nextEvents(); // an earlier error is the cause of this one
      this.check();
      throw typedError(failure);
    }
  }

  /**
   * Like `attempt()`, but without waiting: the first error is thrown by the next read; errors that
   * follow from it are dropped.
   * @param retry Runs instead of `action` when the device runs out of memory, after idle memory went
   * back to it. `attempt()` waits until this is over.
   */
  watch(action: () => void, retry?: () => void): void {
    const thrown = this.#thrown;
    const { error } = withErrorScope(this.gpu, action);
    const settle = async () => {
      let failure = await error;
      if (!failure) return;
      this.pool.distrust();
      if (retry && failure instanceof GPUOutOfMemoryError) {
        failure = await withErrorScope(this.gpu, retry).error;
        if (failure) this.pool.distrust();
      }
      if (failure && this.#thrown === thrown) this.#errors.push(typedError(failure));
    };
    // Scopes reject when the device is lost, which everything else reports as well.
    const settled = settle().catch((error) => {
      if (error instanceof OutOfMemoryError) this.#errors.push(error);
    });
    this.#watched = Promise.all([this.#watched, settled]);
  }

  #report(error: GPUError, isFirst = false): void {
    this.pool.distrust();
    if (isFirst) this.#errors.unshift(typedError(error));
    else this.#errors.push(typedError(error));
  }

  /** Releases all memory. */
  [Symbol.dispose](): void {
    this.pool[Symbol.dispose]();
    this.gpu.destroy();
  }
}

/** Converts a device error to our classes, with the label of the kernel that it names. */
function typedError(error: GPUError): Error {
  const message = messageOf(error);
  if (error instanceof GPUOutOfMemoryError) {
    return new OutOfMemoryError(`The device is out of memory: ${message}`, NaN);
  }
  return new KernelError(message, message.match(/['"]([^'"]+\[[^'"]*\])['"]/)?.[1] ?? "");
}
