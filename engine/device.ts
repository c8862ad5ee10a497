import {
  type AdapterChoice,
  type AdapterFacts,
  adapterName,
  isSoftware,
  parseAdapterChoice,
  requestAdapter,
} from "./adapter.ts";
import type { DType, HostArrays } from "./dtype.ts";
import { environment } from "./environment.ts";
import { messageOf, withErrorScope } from "./error_scope.ts";
import { AdapterError, DeviceLostError, KernelError, OutOfMemoryError } from "./errors.ts";
import { checkedLimits, type Limits } from "./limits.ts";
import { Pipelines } from "./pipelines.ts";
import { Pool } from "./pool.ts";
import { probeAdapter, type ProbeResult } from "./probe.ts";
import { Reader } from "./read.ts";
import type { Tensor } from "./tensor.ts";

/** How to open a device. */
export interface DeviceOptions {
  /** Which adapter; by default what `AUTT_ADAPTER` says, else the system's choice. */
  readonly adapter?: AdapterChoice;
  /** Bytes of device memory that may be allocated at once; by default 16 GiB. */
  readonly memoryCap?: number;
  /** Kernel families to force, such as `{ matmul: "tile" }`, for experiments and tests. */
  readonly families?: Readonly<Record<string, string>>;
  /** Where adapters come from; tests put a faulty one here. By default `navigator.gpu`. */
  readonly gpu?: GPU;
}

/** An open device: owns the memory pool, the compile cache and the way back to the host. */
export class Device implements Disposable {
  /** WebGPU's own device. */
  readonly gpu: GPUDevice;
  /** What kernels may know of the adapter. */
  readonly adapter: AdapterFacts;
  /** What plans are checked against. */
  readonly limits: Limits;
  /**
   * All memory comes from here, and is counted.
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
  #lost: GPUDeviceLostInfo | undefined;

  /** Use `openDevice()`. */
  constructor(gpu: GPUDevice, adapter: AdapterFacts, memoryCap: number) {
    this.gpu = gpu;
    this.adapter = adapter;
    this.limits = Object.fromEntries(
      checkedLimits.map((limit) => [limit, gpu.limits[limit]]),
    ) as Limits;
    this.pool = new Pool(gpu, memoryCap);
    this.pipelines = new Pipelines(gpu);
    this.#reader = new Reader(gpu);
    gpu.addEventListener("uncapturederror", (event) => {
      // Deno would print the error as an uncaught one as well.
      event.preventDefault();
      this.#report((event as GPUUncapturedErrorEvent).error);
    });
    gpu.lost.then((info) => this.#lost = info);
  }

  /** Throws the first error that the device has reported and that nobody has seen yet. */
  check(): void {
    if (this.#lost) {
      throw new DeviceLostError(
        `Cannot go on: the device was lost (${this.#lost.reason || "unknown"}): ` +
          `${this.#lost.message || "no reason given"}: open a new one`,
        this.#lost.reason || "unknown",
      );
    }
    const errors = this.#errors.splice(0);
    // Memory that ran out is the cause of what is wrong with it afterwards.
    const first = errors.find((error) => error instanceof OutOfMemoryError) ?? errors[0];
    if (first) throw first;
  }

  /**
   * Copies tensors back to the host: the one door out. Ask for several at once: each call costs
   * about 10 ms in Deno, however little it reads. Rejects with the first device error.
   */
  async read<D extends DType>(tensor: Tensor<D>): Promise<HostArrays[D]>;
  /** Several at once, which share one wait. */
  async read<T extends readonly Tensor<DType>[]>(
    tensors: T,
  ): Promise<{ -readonly [K in keyof T]: HostArrays[T[K]["dtype"]] }>;
  async read(wanted: Tensor<DType> | readonly Tensor<DType>[]): Promise<unknown> {
    this.check();
    const tensors = "kind" in wanted ? [wanted] : wanted;
    const arrays = await this.answer(this.#reader.read(tensors));
    return "kind" in wanted ? arrays[0] : arrays;
  }

  /** Resolves when all submitted work is done; rejects with the first device error. */
  async settled(): Promise<void> {
    this.check();
    await this.answer(this.gpu.queue.onSubmittedWorkDone());
  }

  /** Waits for what the device was asked for. Rejects with the first device error, if there is one. */
  async answer<T>(asked: Promise<T>): Promise<T> {
    let answer: T;
    try {
      answer = await asked;
    } catch (error) {
      // Whatever it says, an earlier device error or the loss of the device is the cause.
      await nextEvents();
      this.check();
      if (!(error instanceof DOMException)) throw error;
      throw new KernelError(`Cannot read what the device has computed: ${error.message}`, "");
    }
    this.check();
    return answer;
  }

  /**
   * Takes memory and makes what uses it, and rejects with the first error that the device has with that.
   * `action` must not wait for anything.
   */
  async attempt<T>(action: () => T): Promise<T> {
    const scoped = withErrorScope(this.gpu, action), error = await scoped.error;
    this.check();
    if (!error) return scoped.value;
    this.pool.distrust();
    await nextEvents(); // an error before this one is the cause of it
    this.check();
    throw typedError(error);
  }

  /**
   * The same for what can't wait: the first error with it is thrown by the next read, as any other, and only
   * that one, not those that it leads to.
   */
  watch<T>(action: () => T): T {
    const { value, error } = withErrorScope(this.gpu, action);
    error.then((first) => first && this.#report(first), () => {}); // rejects where the device is lost
    return value;
  }

  #report(error: GPUError): void {
    this.pool.distrust();
    this.#errors.push(typedError(error));
  }

  /** Gives all memory back. */
  [Symbol.dispose](): void {
    this.#reader[Symbol.dispose]();
    this.pool[Symbol.dispose]();
    this.gpu.destroy();
  }
}

/**
 * Opens the adapter's device with the limits and features that the kernels use, and probes which
 * kernel designs suit it.
 *
 * @example
 * ```ts
 * import { openDevice } from "@autt/autt";
 * import assert from "node:assert/strict";
 * using device = await openDevice();
 * assert(device.adapter.name.length > 0); // llvmpipe (LLVM 15.0.6, 256 bits)
 * ```
 */
export async function openDevice(options: DeviceOptions = {}): Promise<Device> {
  const choice = options.adapter ?? parseAdapterChoice(environment("AUTT_ADAPTER") ?? "auto");
  const adapter = await requestAdapter(options.gpu ?? navigator.gpu, choice);
  const gpu = await requestDevice(adapter);
  const timestamps = gpu.features.has("timestamp-query");
  const lanes = adapter.info.subgroupMinSize === adapter.info.subgroupMaxSize
    ? adapter.info.subgroupMaxSize
    : 0;
  const { broadcast, workgroup, milliseconds, ...found } = await probe(gpu, lanes, timestamps);
  const facts: AdapterFacts = {
    name: adapterName(adapter.info),
    // Without timestamps the time is that of the wait for the result.
    software: isSoftware(adapter.info, timestamps ? workgroup : undefined),
    probe: { broadcast, workgroup, milliseconds },
    ...found,
    f16: gpu.features.has("shader-f16"),
    timestamps,
    forced: options.families ?? {},
  };
  return new Device(gpu, facts, options.memoryCap ?? 16 * 2 ** 30);
}

/** What the probe finds; a device that fails already now is closed. */
async function probe(gpu: GPUDevice, lanes: number, timestamps: boolean): Promise<ProbeResult> {
  let failure: string | undefined;
  const listen = (event: Event) => {
    event.preventDefault();
    failure ??= messageOf((event as GPUUncapturedErrorEvent).error);
  };
  gpu.addEventListener("uncapturederror", listen);
  try {
    const found = await probeAdapter(gpu, lanes, timestamps);
    await nextEvents();
    if (failure === undefined) return found;
  } catch (error) {
    await nextEvents();
    failure ??= (error as Error).message;
  } finally {
    gpu.removeEventListener("uncapturederror", listen);
  }
  gpu.destroy();
  throw new AdapterError(`Cannot open a device: it fails at its first kernels: ${failure}`);
}

/** Lets a device tell its errors: it does by events, which come a little later. */
function nextEvents(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve));
}

/** A device with everything we use. Subgroups work in Deno though no adapter lists them: so try. */
async function requestDevice(adapter: GPUAdapter): Promise<GPUDevice> {
  const listed = (["timestamp-query", "shader-f16"] as const).filter((feature) =>
    adapter.features.has(feature)
  );
  const requiredLimits = Object.fromEntries(
    checkedLimits.map((limit) => [limit, adapter.limits[limit]]),
  );
  try {
    return await adapter.requestDevice({
      label: "autt",
      requiredFeatures: [...listed, "subgroups" as GPUFeatureName],
      requiredLimits,
    });
  } catch {
    return await adapter.requestDevice({
      label: "autt",
      requiredFeatures: listed,
      requiredLimits,
    });
  }
}

/** A device error with the label of the kernel that it speaks of. */
function typedError(error: GPUError): Error {
  const message = messageOf(error);
  if (error instanceof GPUOutOfMemoryError) {
    return new OutOfMemoryError(`The device is out of memory: ${message}`, NaN);
  }
  return new KernelError(message, message.match(/['"]([^'"]+\[[^'"]*\])['"]/)?.[1] ?? "");
}
