import {
  type AdapterChoice,
  type AdapterFacts,
  adapterIdentity,
  adapterName,
  isSoftware,
  parseAdapterChoice,
  requestAdapter,
} from "./adapter.ts";
import { MeasuredSchedule, type ScheduleStore } from "./schedules/measured_schedule.ts";
import { Device } from "./device.ts";
import { messageOf, nextEvents } from "./error_scope.ts";
import { AdapterError } from "./errors.ts";
import { environment } from "./host.ts";
import { checkedLimits } from "./limits.ts";
import { countCores } from "./probe_cores.ts";
import { probeAdapter, type ProbeResult } from "./probe.ts";
import { probeQuickMap } from "./quick_map.ts";

/** How to open a device. */
export interface DeviceOptions {
  /** Which adapter; by default what `AUTT_ADAPTER` says, else the system's choice. */
  readonly adapter?: AdapterChoice;
  /** Bytes of device memory that may be allocated at once; by default 16 GiB. */
  readonly memoryCap?: number;
  /** Kernel families to force, such as `{ matmul: "tile" }`, for experiments and tests. */
  readonly families?: Readonly<Record<string, string>>;
  /**
   * Whether results are read back without the 10 ms that Deno sleeps for each read, where a probe at
   * opening finds that this works (known versions of Deno only); true by default.
   */
  readonly quickReads?: boolean;
  /** Where measured schedules are kept between starts; without it, what is measured is forgotten at the end. */
  readonly schedules?: ScheduleStore;
  /**
   * Whether operations are measured the first time that their sizes are met, and then run by the
   * fastest of their ways; by default what `AUTT_TUNE` says (0 or 1), else on GPUs with `schedules`.
   */
  readonly tune?: boolean;
  /** Where adapters come from; tests put a faulty one here. By default `globalThis.navigator?.gpu`. */
  readonly gpu?: GPU;
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
  const tune = options.tune ?? tuneBy(environment("AUTT_TUNE"));
  const choice = options.adapter ?? parseAdapterChoice(environment("AUTT_ADAPTER") ?? "auto");
  const adapter = await requestAdapter(options.gpu ?? globalThis.navigator?.gpu, choice);
  const gpu = await requestDevice(adapter);
  const timestamps = gpu.features.has("timestamp-query");
  const lanes = adapter.info.subgroupMinSize === adapter.info.subgroupMaxSize
    ? adapter.info.subgroupMaxSize
    : 0;
  // Together, since both probes mostly wait.
  const [{ broadcast, workgroup, milliseconds, ...found }, fence] = await Promise.all([
    probe(gpu, lanes, timestamps),
    options.quickReads === false ? undefined : probeQuickMap(gpu),
  ]);
  // Without timestamps the time is that of the wait for the result.
  const software = isSoftware(adapter.info, timestamps ? workgroup : undefined);
  const cores = timestamps && !software ? await countCores(gpu) : undefined;
  const facts: AdapterFacts = {
    name: adapterName(adapter.info),
    software,
    ...(cores === undefined ? {} : { cores }),
    probe: { broadcast, workgroup, milliseconds },
    ...found,
    f16: gpu.features.has("shader-f16"),
    timestamps,
    forced: options.families ?? {},
  };
  const { schedules } = options, measures = tune ?? (schedules !== undefined && !software);
  const schedule = await MeasuredSchedule.open(adapterIdentity(adapter.info), measures, schedules);
  return new Device(gpu, facts, schedule, options.memoryCap ?? 16 * 2 ** 30, fence);
}

/** What the variable says of measuring. */
function tuneBy(word: string | undefined): boolean | undefined {
  if (word === undefined) return undefined;
  if (word === "0" || word === "1") return word === "1";
  throw new TypeError(`Cannot take AUTT_TUNE=${word}: wanted 0, which measures nothing, or 1`);
}

/** Runs the probe of kernel designs; closes a device that fails at it. */
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

/**
 * Requests a device with all features that kernels use. Subgroups work in Deno though no adapter
 * lists them, so they are requested anyway.
 */
async function requestDevice(adapter: GPUAdapter): Promise<GPUDevice> {
  const listed = (["timestamp-query", "shader-f16"] as const).filter((feature) =>
    adapter.features.has(feature)
  );
  const requiredLimits = Object.fromEntries(
    checkedLimits.map((limit) => [limit, adapter.limits[limit]]),
  );
  const request = async (requiredFeatures: GPUFeatureName[]) =>
    await adapter.requestDevice({ label: "autt", requiredFeatures, requiredLimits });
  return await request([...listed, "subgroups" as GPUFeatureName]).catch(() => request(listed));
}
