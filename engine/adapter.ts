import { AdapterError } from "./errors.ts";
import { currentHost } from "./host.ts";

/** Which adapter to ask for; `auto` lets the system choose. */
export const adapterChoices = ["auto", "low-power", "high-performance", "software"] as const;

/** One of `adapterChoices`. */
export type AdapterChoice = typeof adapterChoices[number];

/** What kernels may know of the adapter that they run on. */
export interface AdapterFacts {
  /** For people and reports: `llvmpipe (LLVM 15.0.6, 256 bits)`. */
  readonly name: string;
  /** Whether the driver runs shaders on the CPU. */
  readonly software: boolean;
  /** Invocations of a subgroup that can broadcast to each other; 0 where the probe found no use. */
  readonly lanes: number;
  /**
   * What the two small matmuls of the probe reached, in GFLOP/s; 0 where it was wrong or not run. And
   * what the probe took.
   */
  readonly probe: {
    readonly broadcast: number;
    readonly workgroup: number;
    readonly milliseconds?: number;
  };
  /** About how many cores a GPU has, each with a workgroup of its own; not where it could not be told. */
  readonly cores?: number;
  /** `enable subgroups;` where the shader compiler wants it, else nothing. */
  readonly subgroupDirective: string;
  /** Whether shaders can compute with 16-bit floats. */
  readonly f16: boolean;
  /** Whether the device can take timestamps. */
  readonly timestamps: boolean;
  /** Kernel families that the caller forces, by kernel. */
  readonly forced: Readonly<Record<string, string>>;
}

/** The choice that an environment variable or an option names. Throws for any other word. */
export function parseAdapterChoice(word: string): AdapterChoice {
  const choice = adapterChoices.find((known) => known === word);
  if (choice === undefined) {
    throw new TypeError(
      `Cannot choose adapter "${word}": wanted one of ${adapterChoices.join(", ")}`,
    );
  }
  return choice;
}

/** Asks the system for an adapter. Rejects with an `AdapterError` that says what to install. */
export async function requestAdapter(
  gpu: GPU | undefined,
  choice: AdapterChoice,
): Promise<GPUAdapter> {
  if (!gpu) {
    throw new AdapterError(
      "Cannot open a device: this runtime has no WebGPU: use Deno 2.9 or newer, or pass `gpu` of the " +
        "package webgpu in Node and Bun (docs/library.md)",
    );
  }
  const options: GPURequestAdapterOptions = choice === "software"
    ? { forceFallbackAdapter: true }
    : choice === "auto"
    ? {}
    : { powerPreference: choice };
  const adapter = await currentHost().quietly(() => gpu.requestAdapter(options));
  if (!adapter) {
    throw new AdapterError(
      `Cannot open a device: no ${choice === "auto" ? "" : `${choice} `}adapter: ` +
        currentHost().installHint,
    );
  }
  return adapter;
}

/**
 * GFLOP/s that the probe's matmul in workgroup memory reaches on every GPU, and on no CPU by far: there a
 * barrier is a loop over all invocations. Measured: 90 on an H200, 0.8 on lavapipe, 0.35 on SwiftShader.
 */
const slowestGpu = 5;

/**
 * Whether an adapter computes on the CPU: by what it does, since drivers are many and their names tell little.
 * What it says of itself counts too, for a CPU of many fast cores and where nothing could be measured.
 */
export function isSoftware(info: GPUAdapterInfo, measuredWorkgroup?: number): boolean {
  return info.isFallbackAdapter ||
    /llvmpipe|lavapipe|swiftshader|basic render/i.test(adapterName(info)) ||
    (measuredWorkgroup !== undefined && measuredWorkgroup > 0 && measuredWorkgroup < slowestGpu);
}

/** All that an adapter tells of itself: what is measured on one holds for no other. */
export function adapterIdentity(
  { vendor, architecture, device, description }: GPUAdapterInfo,
): string {
  return [vendor, architecture, device, description].join("|");
}

/** The adapter's name as the driver gives it. */
export function adapterName(info: GPUAdapterInfo): string {
  return info.description ||
    [info.vendor, info.architecture, info.device].filter((word) => word).join(" ") ||
    "unknown adapter";
}
