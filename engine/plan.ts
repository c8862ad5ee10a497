import type { Device } from "./device.ts";
import { type BoundStep, type BufferCopy, encodeSteps } from "./encode.ts";
import type { Application, Recorder } from "./recorder.ts";
import { type AnyTensor, type Place, tensorBytes } from "./tensor.ts";
import { checkData, upload } from "./upload.ts";

/** What a recorded function may return: tensors, alone or in arrays and plain objects. */
export type Outputs = AnyTensor | readonly Outputs[] | { readonly [name: string]: Outputs };

/** Upper limit for one submission, in seconds: drivers take longer ones for a hang. */
const secondsPerSubmit = 1;

/** Speed of the slowest adapters of each kind; used only to split submissions. */
const slowest = {
  software: { flops: 2e10, bytes: 2e9 },
  gpu: { flops: 2e11, bytes: 1e10 },
} as const;

/**
 * What `record()` builds a plan from.
 * @internal
 */
export interface PlanParts<T extends Outputs>
  extends Pick<Plan<T>, "outputs" | "steps" | "places" | "slotBytes"> {
  /** The recording. */
  readonly recorder: Recorder;
  /** Copies that carry out the assignments, in order. */
  readonly assignments: readonly BufferCopy[];
  /** The leases of all memory that the plan uses. */
  readonly memory: Disposable;
}

/**
 * A recorded function, ready to be run any number of times: its dispatches, the memory that they
 * share, and one uniform buffer. Running it encodes one compute pass (several where tensors are copied
 * into textures on the way) and submits it.
 *
 * A plan keeps alive all memory that it binds: weights, and outputs of other plans, stay on the device
 * with their contents until the last plan that uses them is disposed of, even if their owner was
 * disposed of before.
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
  /** Where the tensors of this plan lie: for tests and `compare()`. */
  readonly places: ReadonlyMap<AnyTensor, Place>;
  /** Bytes of the plan's slots. */
  readonly slotBytes: number;
  readonly #device: Device;
  readonly #assignments: PlanParts<T>["assignments"];
  readonly #memory: Disposable;
  #disposed = false;

  /** Use `record()`. */
  constructor(device: Device, parts: PlanParts<T>) {
    const { outputs, recorder, places } = parts;
    this.#device = device;
    this.outputs = outputs;
    this.inputs = recorder.inputs;
    this.applications = recorder.applications;
    this.steps = parts.steps;
    this.places = places;
    this.slotBytes = parts.slotBytes;
    this.#assignments = parts.assignments;
    this.#memory = parts.memory;
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
    checkData(`write input "${name}"`, tensor, data);
    upload(this.#device.gpu, place, data);
  }

  /** Runs all steps and assignments. Returns at once; the device goes on until something is read. */
  run(): void {
    this.runSteps(0, this.steps.length);
    if (this.#assignments.length === 0) return;
    const encoder = this.#device.gpu.createCommandEncoder({ label: "assign" });
    for (const { from, to, bytes } of this.#assignments) {
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

  /** Releases all memory. What other plans use of it stays until they are disposed of as well. */
  [Symbol.dispose](): void {
    if (this.#disposed) return;
    this.#disposed = true;
    for (const tensor of this.places.keys()) tensor.place = undefined;
    this.#memory[Symbol.dispose]();
  }

  /** Throws if the plan was disposed of; `action` says what the caller wanted to do with it. */
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
