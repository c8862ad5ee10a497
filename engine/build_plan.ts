import { orderAssignments } from "./assign.ts";
import type { Device } from "./device.ts";
import { type BoundStep, type BufferCopy, copyCommands } from "./encode.ts";
import { checkLimit } from "./limits.ts";
import { lowerApplications, type Step } from "./lower.ts";
import { giveMemory, type Memory } from "./memory.ts";
import { presentInputs } from "./op.ts";
import type { Pipeline } from "./pipelines.ts";
import { collectTensors, type Outputs, Plan } from "./plan.ts";
import type { Lease } from "./pool.ts";
import { type Application, Recorder } from "./recorder.ts";
import { type AnyTensor, type Place, tensorBytes, type Texture } from "./tensor.ts";
import { upload } from "./upload.ts";

/** Options of `record()`. */
export interface PlanOptions {
  /**
   * Bytes of unused memory before and after every tensor (a multiple of 256). Tensors then share no
   * memory. For tests that look for writes out of bounds.
   */
  readonly guardBytes?: number;
}

/** Dynamic offsets into a uniform buffer must be multiples of this (WebGPU's default limit). */
const uniformAlignment = 256;

/** What a model function recorded, without what nobody reads. */
export interface Recording<T extends Outputs> {
  /** With the applications whose results are read. */
  readonly recorder: Recorder;
  /** What the function returned. */
  readonly outputs: T;
  /** What is read after a run: the outputs, and what is assigned to inputs. */
  readonly kept: readonly AnyTensor[];
  /** What had memory when it was recorded: weights, and tensors of other plans. */
  readonly external: ReadonlySet<AnyTensor | Texture>;
}

/** Runs a model function once on a recorder. */
export function recordApplications<T extends Outputs>(
  model: (recorder: Recorder) => T,
): Recording<T> {
  const recorder = new Recorder();
  const outputs = model(recorder);
  const returned = collectTensors(outputs);
  for (const tensor of returned) recorder.checkOwned("the function: output", tensor);
  const kept = [...returned, ...recorder.assignments.values()];
  recorder.applications.splice(0, Infinity, ...liveApplications(recorder.applications, kept));
  const operands = recorder.applications.flatMap(({ inputs }) =>
    presentInputs(inputs).map(([, operand]) =>
      operand.kind === "packed" ? operand.storage : operand
    )
  );
  const external = withMemory([...operands, ...recorder.assignments.values()]);
  return { recorder, outputs, kept, external };
}

/**
 * Turns a recording into a plan: checks it against the device's limits, compiles its kernels, and
 * allocates its memory.
 *
 * @param wayOf The way by which each application runs; the usual one if it gives none.
 */
export async function buildPlan<T extends Outputs>(
  device: Device,
  { recorder, outputs, kept, external }: Recording<T>,
  options: PlanOptions,
  wayOf: (application: Application) => string | undefined,
): Promise<Plan<T>> {
  const { steps, constants } = lowerApplications(
    recorder.applications,
    device.adapter,
    device.limits,
    wayOf,
  );
  const pipelines = await Promise.all(
    steps.map(({ program, label }) => device.pipelines.get(program, label)),
  );
  return await device.attempt(() => {
    // If anything here throws, all memory taken so far is given back.
    using taken = new DisposableStack();
    const takeBuffer = (bytes: number, label: string) => {
      checkLimit(device.limits, "maxBufferSize", bytes, label, "the size of its memory in bytes");
      return taken.use(device.pool.buffer(bytes, label)).resource;
    };
    for (const resource of external) taken.use(retain(device, resource));
    const tables = [...recorder.constants, ...constants];
    const memory = giveMemory({
      steps,
      given: [...recorder.inputs.values(), ...tables.map(({ tensor }) => tensor)],
      outputs: kept,
      guardBytes: options.guardBytes ?? 0,
      takeBuffer,
      takeTexture: ({ width, height, format, label }) =>
        taken.use(device.pool.texture(width, height, format, label)).resource,
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
    return new Plan(device, {
      outputs,
      recorder,
      steps: bound,
      places: memory.places,
      slotBytes: memory.bytes,
      assignments: placeAssignments(recorder.assignments, memory.places, takeBuffer),
      memory: taken.move(),
    });
  });
}

/** Those of them that have memory. */
function withMemory(some: readonly (AnyTensor | Texture)[]): Set<AnyTensor | Texture> {
  return new Set(some.filter(({ place }) => place));
}

/** A lease of memory that somebody else has taken; their disposal does not end it. */
function retain(device: Device, resource: AnyTensor | Texture): Lease<GPUBuffer | GPUTexture> {
  if (!resource.place) return refuseDisposed(resource);
  const memory = resource.kind === "texture" ? resource.place : resource.place.buffer;
  return device.pool.retain(memory, resource.label);
}

function refuseDisposed({ label }: AnyTensor | Texture): never {
  throw new TypeError(`Cannot bind ${label}: its owner was disposed while kernels were compiled`);
}

/** The copies that carry out assignments, and a scratch buffer if there is a cycle among them. */
function placeAssignments(
  assignments: Recorder["assignments"],
  places: Memory["places"],
  takeBuffer: (bytes: number, label: string) => GPUBuffer,
): BufferCopy[] {
  const copies = orderAssignments(assignments).map(({ from, to }) => ({
    from,
    to,
    bytes: tensorBytes((from ?? to) as AnyTensor),
  }));
  const bytes = Math.max(0, ...copies.map(({ to, bytes }) => to ? 0 : bytes));
  const scratch = bytes > 0 && { buffer: takeBuffer(bytes, "assign"), offset: 0 };
  const placeOf = (tensor: AnyTensor | undefined) =>
    (tensor ? tensor.place ?? places.get(tensor) : scratch) as Place;
  return copies.map(({ from, to, bytes }) => ({ from: placeOf(from), to: placeOf(to), bytes }));
}

/** Drops applications whose outputs are never read. */
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

/** Binds a step's resources and the part of the uniform buffer that holds its parameters. */
export function bindStep(
  device: Device,
  step: Step,
  pipeline: Pipeline,
  memory: Omit<Memory, "bytes">,
  uniform: GPUBuffer,
  index: number,
): Omit<BoundStep, keyof Step | "pipeline"> {
  const placeOf = (tensor: AnyTensor) =>
    tensor.place ?? memory.places.get(tensor) ?? refuseDisposed(tensor);
  const textureOf = (texture: Texture) =>
    texture.place ?? memory.textures.get(texture) ?? refuseDisposed(texture);
  const entries = step.bindings.map(({ binding, to }): GPUBindGroupEntry => {
    if (to.kind === "texture") {
      return { binding: binding.index, resource: textureOf(to).createView() };
    }
    const { buffer, offset } = placeOf(to);
    // The guard after a tensor is bound with it: a write outside a binding would be discarded, and go
    // unnoticed.
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
