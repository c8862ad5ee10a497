import {
  type AnyTensor,
  type Device,
  measureAccuracy,
  type Plan,
  record,
  Rng,
  tensorBytes,
  tolerance,
  unitRoundoff,
  type Values,
  Weights,
} from "../engine/mod.ts";
import {
  type FilledOperands,
  fillOperands,
  packOperands,
  recordOperands,
} from "../kernels/case_operands.ts";
import { type AnyKernel, type Case, caseName, sketchOperands } from "../kernels/kernel.ts";

/** How a case went on one device. */
export interface CaseResult {
  readonly nmse: number;
  readonly tolerance: number;
  readonly maxError: number;
}

/** A case with its operands filled and what the float64 reference makes of them. */
export interface PreparedCase {
  readonly name: string;
  readonly kernel: AnyKernel;
  readonly case: Case<unknown>;
  readonly filled: FilledOperands;
  /** Of each result. */
  readonly wanted: readonly Values[];
}

/**
 * Words that no kernel would write: a NaN with a payload around and in what kernels write, a large
 * number around what they only read. Two, so that a word copied from one guard to another shows; and
 * a number, so that reading outside shows even where a NaN is wanted.
 */
const poison = { written: 0x7fc0dead, read: 0x4b0dbeef } as const;
const guardBytes = 256;

/** Fills the operands, the same on every machine, and computes the reference. */
export function prepareCase(kernel: AnyKernel, test: Case<unknown>): PreparedCase {
  const name = caseName(kernel, test);
  const rng = new Rng([...name].reduce((hash, c) => Math.imul(hash, 31) + c.charCodeAt(0), 7));
  const filled = fillOperands(test, rng);
  const values = Object.fromEntries(
    [...filled].map(([key, { operand, data }]) => [
      key,
      { shape: operand.shape, data: Float64Array.from(data) },
    ]),
  );
  const results: readonly Values[] = kernel.reference(values, test.attrs);
  const wanted = results.map(({ shape, data }) => ({
    shape,
    // Numbers too large for float32 are infinities there.
    data: data.map((v) => Number.isFinite(Math.fround(v)) ? v : Math.fround(v)),
  }));
  return { name, kernel, case: test, filled, wanted };
}

/**
 * Runs a case and throws, with the case's name, unless the result is within the tolerance of the
 * reference, infinities and NaN stand where they should, no word around any tensor was touched, and
 * a second run gives the same bits.
 */
export async function runCase(device: Device, prepared: PreparedCase): Promise<CaseResult> {
  const { name, kernel, case: test, filled, wanted } = prepared;
  using weights = new Weights(device);
  const packed = await packOperands(weights, filled);
  using plan = await record(
    device,
    (r) => [kernel.record(r, recordOperands(r, filled, packed), test.attrs)].flat(),
    { guardBytes },
  );
  spoil(device, plan);
  for (const [key, { operand, data }] of filled) {
    if (operand.kind === "tensor") plan.write(key, data);
  }
  plan.run();
  const written = writtenTensors(plan);
  const guarded = [...plan.places.keys()].map((tensor) => ({
    ...wholeMemory(plan, tensor),
    guard: poison[written.has(tensor) ? "written" : "read"],
  }));
  // Both runs are under way before the first read is awaited: a read waits longer than a case runs.
  const reading = device.read([...plan.outputs, ...guarded.map(({ all }) => all)]);
  plan.run();
  const [read, second] = await Promise.all([reading, device.read(plan.outputs)]);
  const first = read.slice(0, plan.outputs.length), memory = read.slice(plan.outputs.length);
  for (const [i, words] of memory.entries()) {
    const { tensor, inside, guard } = guarded[i] as typeof guarded[number];
    for (const [at, word] of (words as Uint32Array).entries()) {
      if (word !== guard && !inside(at * 4)) {
        throw new Error(`${name}: wrote outside ${tensor.label}: at byte ${at * 4 - guardBytes}`);
      }
    }
  }
  for (const [i, numbers] of first.entries()) {
    if (!sameBits(numbers, second[i] as typeof numbers)) {
      throw new Error(`${name}: two runs differ`);
    }
  }
  const unit = plan.outputs.some(({ dtype }) => dtype === "f16")
    ? unitRoundoff.f16
    : unitRoundoff.f32;
  const allowed = tolerance(kernel.roundings(sketchOperands(test), test.attrs), unit) *
    (test.condition ?? 1) ** 2;
  const results = wanted.map(({ shape, data }, i) => {
    const label = wanted.length > 1 ? `${name}, result ${i}` : name;
    const got = Float64Array.from(first[i] ?? []);
    if (test.perRow) compareRows(label, got, { shape, data }, allowed);
    return compareResult(label, got, data, allowed);
  });
  return results.reduce((a, b) => b.nmse > a.nmse ? b : a);
}

function compareResult(
  name: string,
  got: Float64Array,
  wanted: Float64Array,
  allowed: number,
): CaseResult {
  const { nmse, maxError, firstMismatch } = measureAccuracy(got, wanted);
  if (firstMismatch >= 0) {
    throw new Error(
      `${name}: element ${firstMismatch} is ${got[firstMismatch]}: ` +
        `wanted ${wanted[firstMismatch]}`,
    );
  }
  if (!(nmse <= allowed)) {
    throw new Error(
      `${name}: NMSE ${nmse.toExponential(2)} is over the tolerance ` +
        `${allowed.toExponential(2)}; largest error ${maxError.toExponential(2)}`,
    );
  }
  return { nmse, tolerance: allowed, maxError };
}

/** Every row alone: in a mean over all, tiny rows hide behind large ones. */
function compareRows(
  name: string,
  got: Float64Array,
  { shape, data }: Values,
  allowed: number,
): void {
  // Results of one number a row are rows of their own.
  const width = shape.length > 1 ? shape.at(-1) ?? 1 : 1;
  for (let at = 0; at < data.length; at += width) {
    const row = `${name}, row ${at / width}`;
    compareResult(
      row,
      got.subarray(at, at + width),
      data.subarray(at, at + width),
      rowSlack * allowed,
    );
  }
}

/** A row errs by more than the mean over many: three times as much. */
const rowSlack = 9;

/** The tensors that a step of the plan writes. */
function writtenTensors(plan: Plan): ReadonlySet<unknown> {
  return new Set(
    plan.steps.flatMap(({ bindings }) =>
      bindings.filter(({ binding }) => binding.kind === "write").map(({ to }) => to)
    ),
  );
}

/** Fills all memory around tensors, and that of tensors which a step writes, with poison. */
function spoil(device: Device, plan: Plan): void {
  const written = writtenTensors(plan);
  for (const [tensor, { buffer, offset }] of plan.places) {
    const bytes = tensorBytes(tensor);
    const word = poison[written.has(tensor) ? "written" : "read"];
    const fill = (at: number, length: number) =>
      device.gpu.queue.writeBuffer(buffer, at, new Uint32Array(length / 4).fill(word));
    fill(0, offset);
    if (written.has(tensor)) fill(offset, bytes);
    fill(offset + bytes, guardBytes);
  }
}

/** A tensor's memory with the guards on both sides, as words. */
function wholeMemory(plan: Plan, tensor: AnyTensor) {
  const place = plan.places.get(tensor);
  if (!place) throw new Error(`${tensor.label} has no memory`);
  const bytes = tensorBytes(tensor);
  const all: AnyTensor = {
    kind: "tensor",
    label: tensor.label,
    dtype: "u32",
    shape: [(place.offset + bytes + guardBytes) / 4],
    place: { buffer: place.buffer, offset: 0 },
  };
  return {
    tensor,
    all,
    inside: (at: number) => at >= place.offset && at < place.offset + bytes,
  };
}

function sameBits(a: ArrayBufferView<ArrayBuffer>, b: ArrayBufferView<ArrayBuffer>): boolean {
  const x = new Uint8Array(a.buffer), y = new Uint8Array(b.buffer);
  return x.length === y.length && x.every((byte, i) => byte === y[i]);
}
