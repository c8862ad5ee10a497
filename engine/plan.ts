import type { Device } from "./device.ts";
import { isHostArray } from "./dtype.ts";
import { type BoundStep, encodeSteps } from "./encode.ts";
import type { Lease } from "./pool.ts";
import type { Application, Recorder } from "./recorder.ts";
import { elements, formatShape } from "./shape.ts";
import { type AnyTensor, type Place, tensorBytes } from "./tensor.ts";
import { upload } from "./upload.ts";

/** What a recorded function may return: tensors, alone or in arrays and plain objects. */
export type Outputs = AnyTensor | readonly Outputs[] | { readonly [name: string]: Outputs };

/** Seconds of work that one submission may hold, so that no driver takes it for hung. */
const secondsPerSubmit = 1;

/** What the slowest adapters of each kind reach: only used to cut submissions. */
const slowest = {
  software: { flops: 2e10, bytes: 2e9 },
  gpu: { flops: 2e11, bytes: 1e10 },
} as const;

/**
 * A recorded function, ready to be run any number of times: its dispatches, the memory that they
 * share, and one uniform buffer. Running it encodes one compute pass (several where tensors are copied
 * into textures on the way) and submits it.
 */
export class Plan<T extends Outputs = Outputs> implements Disposable {
  /** What the recorded function returned: read these with `device.read()`. */
  readonly outputs: T;
  /** What `write()` fills, by name. */
  readonly inputs: ReadonlyMap<string, AnyTensor>;
  /**
   * What was recorded.
   * @internal
   */
  readonly applications: readonly Application[];
  /**
   * The dispatches.
   * @internal
   */
  readonly steps: readonly BoundStep[];
  /** The tensors that have memory in this plan, with where they lie: for tests and `compare()`. */
  readonly places: ReadonlyMap<AnyTensor, Place>;
  /** Bytes of the plan's slots. */
  readonly slotBytes: number;
  readonly #device: Device;
  readonly #leases: readonly Lease<GPUBuffer | GPUTexture>[];
  readonly #assignments: Recorder["assignments"];
  #disposed = false;

  /** Use `record()`. */
  constructor(
    device: Device,
    outputs: T,
    recorder: Recorder,
    steps: readonly BoundStep[],
    places: Plan["places"],
    leases: readonly Lease<GPUBuffer | GPUTexture>[],
    slotBytes: number,
  ) {
    this.#device = device;
    this.outputs = outputs;
    this.inputs = recorder.inputs;
    this.applications = recorder.applications;
    this.steps = steps;
    this.places = places;
    this.#leases = leases;
    this.#assignments = recorder.assignments;
    this.slotBytes = slotBytes;
    for (const tensor of [...recorder.inputs.values(), ...collectTensors(outputs)]) {
      tensor.place ??= places.get(tensor);
    }
  }

  /** Fills an input. The array must have the input's element type and exactly its elements. */
  write(name: string, data: ArrayBufferView<ArrayBuffer> & ArrayLike<number>): void {
    this.checkUsable("write");
    const tensor = this.inputs.get(name);
    const place = tensor && this.places.get(tensor);
    if (!tensor || !place) {
      const names = [...this.inputs.keys()].join(", ") || "none";
      throw new TypeError(`Cannot write input "${name}": the plan's inputs are ${names}`);
    }
    if (data.length !== elements(tensor.shape) || !isHostArray(tensor.dtype, data)) {
      throw new TypeError(
        `Cannot write input "${name}": got ${data.length} elements of ` +
          `${data.constructor.name}: wanted ${tensor.dtype} ${formatShape(tensor.shape)}`,
      );
    }
    upload(this.#device.gpu, place, data);
  }

  /** Runs all steps. Returns at once: the device works on its own until something is read. */
  run(): void {
    this.runSteps(0, this.steps.length);
    if (this.#assignments.size > 0) this.#assign();
  }

  #assign(): void {
    const encoder = this.#device.gpu.createCommandEncoder({ label: "assign" });
    for (const [input, value] of this.#assignments) {
      const to = this.places.get(input), from = value.place ?? this.places.get(value);
      if (!to || !from) throw new TypeError(`Cannot assign to "${input.label}": it has no memory`);
      const bytes = tensorBytes(input);
      encoder.copyBufferToBuffer(from.buffer, from.offset, to.buffer, to.offset, bytes);
    }
    this.#device.gpu.queue.submit([encoder.finish()]);
  }

  /** Runs the steps from `first` up to, not including, `end`. */
  runSteps(first: number, end: number): void {
    this.checkUsable("run");
    this.#device.check();
    const speed = slowest[this.#device.adapter.software ? "software" : "gpu"];
    for (let at = first; at < end;) {
      const from = at;
      for (let seconds = 0; at < end && seconds < secondsPerSubmit; at++) {
        const { flops, bytes } = this.steps[at]?.cost ?? { flops: 0, bytes: 0 };
        seconds += Math.max(flops / speed.flops, bytes / speed.bytes);
      }
      const encoder = this.#device.gpu.createCommandEncoder({ label: "plan" });
      encodeSteps(encoder, this.steps.slice(from, at));
      this.#device.gpu.queue.submit([encoder.finish()]);
    }
  }

  /** A readable list of the steps and of the memory. */
  describe(): string {
    const lines = this.steps.map(({ label, program, workgroups }) =>
      `${label}  ${program.name}  ${workgroups.join("x")}`
    );
    const wanted = [...this.places.keys()].reduce((sum, tensor) => sum + tensorBytes(tensor), 0);
    const mib = (bytes: number) => `${(bytes / 2 ** 20).toFixed(2)} MiB`;
    return [...lines, `${this.steps.length} steps, ${mib(this.slotBytes)} for ${mib(wanted)}`]
      .join("\n");
  }

  /** Gives all memory back. */
  [Symbol.dispose](): void {
    if (this.#disposed) return;
    this.#disposed = true;
    for (const tensor of this.places.keys()) tensor.place = undefined;
    for (const lease of this.#leases) lease[Symbol.dispose]();
  }

  /** Throws when the plan was disposed: `action` says what was wanted of it. */
  checkUsable(action: string): void {
    if (this.#disposed) throw new TypeError(`Cannot ${action} the plan: it was disposed`);
  }
}

/** Every tensor in what a recorded function returned. */
export function collectTensors(outputs: Outputs): AnyTensor[] {
  if (Array.isArray(outputs)) return outputs.flatMap(collectTensors);
  if ("kind" in outputs && outputs.kind === "tensor") return [outputs as AnyTensor];
  return Object.values(outputs as Record<string, Outputs>).flatMap(collectTensors);
}
