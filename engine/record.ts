import type { Device } from "./device.ts";
import { checkLimit } from "./limits.ts";
import { lowerApplications, type Step } from "./lower.ts";
import { giveMemory, type Memory } from "./memory.ts";
import { presentInputs } from "./op.ts";
import type { Pipeline } from "./pipelines.ts";
import { type BoundStep, copyCommands } from "./encode.ts";
import { collectTensors, type Outputs, Plan } from "./plan.ts";
import type { Lease } from "./pool.ts";
import { type Application, Recorder } from "./recorder.ts";
import { type AnyTensor, type Place, tensorBytes, type Texture } from "./tensor.ts";
import { upload } from "./upload.ts";

/** How to build a plan. */
export interface PlanOptions {
  /**
   * Bytes of unused memory before and after every tensor (a multiple of 256), and no sharing of
   * memory between tensors: for tests that look for writes outside.
   */
  readonly guardBytes?: number;
}

/** Dynamic offsets into a uniform buffer must be multiples of this (WebGPU's default limit). */
const uniformAlignment = 256;

/**
 * Runs a model function once on a recorder and makes a plan of it: checks it against the device's
 * limits, compiles its kernels, and gives it memory.
 *
 * @example
 * ```ts
 * import { add, openDevice, record } from "@autt/autt";
 * import assert from "node:assert/strict";
 * using device = await openDevice();
 * using plan = await record(device, (r) => add(r, r.input("a", [2]), r.input("b", [2])));
 * plan.write("a", Float32Array.of(1, 2));
 * plan.write("b", Float32Array.of(10, 20));
 * plan.run();
 * assert.deepEqual([...await device.read(plan.outputs)], [11, 22]);
 * ```
 */
export async function record<T extends Outputs>(
  device: Device,
  model: (recorder: Recorder) => T,
  options: PlanOptions = {},
): Promise<Plan<T>> {
  device.check();
  const recorder = new Recorder();
  const outputs = model(recorder);
  const returned = collectTensors(outputs);
  for (const tensor of returned) recorder.checkOwned("the function: output", tensor);
  const kept = [...returned, ...recorder.assignments.values()];
  const live = liveApplications(recorder.applications, kept);
  recorder.applications.splice(0, Infinity, ...live);
  const { steps, constants } = lowerApplications(live, device.adapter, device.limits);
  const pipelines = await Promise.all(
    steps.map(({ program, label }) => device.pipelines.get(program, label)),
  );
  // Whatever fails from here on gives back all that was taken.
  using taken = new DisposableStack();
  const leases: Lease<GPUBuffer | GPUTexture>[] = [];
  const take = <T extends GPUBuffer | GPUTexture>(lease: Lease<T>): T => {
    leases.push(taken.use(lease));
    return lease.resource;
  };
  const takeBuffer = (bytes: number, label: string) => {
    checkLimit(device.limits, "maxBufferSize", bytes, label, "the size of its memory in bytes");
    return take(device.pool.buffer(bytes, label));
  };
  const { bound, memory } = await device.attempt(() => {
    const tables = [...recorder.constants, ...constants];
    const memory = giveMemory({
      steps,
      given: [...recorder.inputs.values(), ...tables.map(({ tensor }) => tensor)],
      outputs: kept,
      guardBytes: options.guardBytes ?? 0,
      takeBuffer,
      takeTexture: ({ width, height, format, label }) =>
        take(device.pool.texture(width, height, format, label)),
    });
    for (const { tensor, data } of tables) {
      const place = memory.places.get(tensor);
      if (place) upload(device.gpu, place, data);
    }
    const uniform = uploadParams(device, steps, takeBuffer);
    const bound = steps.map((step, i): BoundStep => {
      const pipeline = pipelines[i] as Pipeline;
      return { ...step, pipeline, ...bindStep(device, step, pipeline, memory, uniform, i) };
    });
    return { bound, memory };
  });
  taken.move();
  return new Plan(device, outputs, recorder, bound, memory.places, leases, memory.bytes);
}

/** Drops applications whose outputs nobody reads. */
function liveApplications(
  applications: readonly Application[],
  outputs: readonly AnyTensor[],
): Application[] {
  const needed = new Set<unknown>(outputs);
  return applications.toReversed().filter((application) => {
    if (!application.outputs.some((tensor) => needed.has(tensor))) return false;
    for (const [, operand] of presentInputs(application.inputs)) needed.add(operand);
    return true;
  }).reverse();
}

function uploadParams(
  device: Device,
  steps: readonly Step[],
  takeBuffer: (bytes: number, label: string) => GPUBuffer,
): GPUBuffer {
  const all = new Uint8Array(Math.max(1, steps.length) * uniformAlignment);
  for (const [i, { params }] of steps.entries()) all.set(params, i * uniformAlignment);
  const buffer = takeBuffer(all.length, "params");
  device.gpu.queue.writeBuffer(buffer, 0, all);
  return buffer;
}

/** Binds a step's resources, and says where its parameters lie in the uniform buffer. */
export function bindStep(
  device: Device,
  step: Step,
  pipeline: Pipeline,
  memory: Omit<Memory, "bytes">,
  uniform: GPUBuffer,
  index: number,
): Omit<BoundStep, keyof Step | "pipeline"> {
  const placeOf = (tensor: AnyTensor) => tensor.place ?? memory.places.get(tensor) as Place;
  const textureOf = (texture: Texture) =>
    texture.place ?? memory.textures.get(texture) as GPUTexture;
  const entries = step.bindings.map(({ binding, to }): GPUBindGroupEntry => {
    if (to.kind === "texture") {
      return { binding: binding.index, resource: textureOf(to).createView() };
    }
    const { buffer, offset } = placeOf(to);
    // The guard behind a tensor is bound with it: what lies outside a binding cannot be hit.
    const size = tensorBytes(to) + (to.place ? 0 : memory.guardBytes);
    return { binding: binding.index, resource: { buffer, offset, size } };
  });
  const params = step.program.reflection.bindings.find(({ kind }) => kind === "uniform");
  if (params) {
    entries.push({
      binding: params.index,
      resource: { buffer: uniform, offset: 0, size: step.params.length },
    });
  }
  return {
    bindGroup: device.gpu.createBindGroup({ label: step.label, layout: pipeline.layout, entries }),
    offsets: params ? [index * uniformAlignment] : [],
    copyCommands: step.copies.flatMap(({ from, to }) =>
      copyCommands(from, placeOf(from), textureOf(to))
    ),
  };
}
