import {
  type AnyTensor,
  type Device,
  differentiate,
  elements,
  type Operand,
  type Packed,
  type Plan,
  record,
  type Recorder,
  Rng,
  sizeAt,
  type Tensor,
  type Values,
  Weights,
} from "../../engine/mod.ts";
import { add, packMatrix } from "../../kernels/mod.ts";
import { checkSlope, compareWithNoise, evaluateProgram, type Slope } from "./float64.ts";
import { givenValues } from "../evaluate.ts";
import { operations } from "./operations.ts";
import type { Program, ProgramInput, Session } from "./program.ts";

/** A program that is open: its plan, and what its inputs hold by our own account. */
interface Open {
  readonly program: Program;
  readonly plan: Plan<AnyTensor[]>;
  readonly weights: Weights;
  /** By the names of the program. */
  readonly named: ReadonlyMap<string, Operand>;
  readonly given: Map<Operand, Values>;
  /** What the outputs must be, from the last run; nothing before the first. */
  wanted?: Values[];
  noise?: number[];
}

/** Runs a session and throws at the first thing that is not as it should be. */
export async function runSession(device: Device, { programs, events }: Session): Promise<void> {
  const open = new Map<number, Open>();
  try {
    for (const event of events) {
      if (event.kind === "open") {
        const program = programs[event.program] as Program;
        open.set(event.program, await openProgram(device, program, event.program));
        continue;
      }
      const one = open.get(event.program);
      if (one === undefined) continue;
      if (event.kind === "write") write(one, event.input, event.seed);
      else if (event.kind === "run") await run(device, one);
      else if (event.kind === "check") await check(device, one);
      else {
        close(one);
        open.delete(event.program);
      }
    }
    await device.settled();
  } finally {
    for (const one of open.values()) close(one);
  }
}

function close({ plan, weights }: Open): void {
  plan[Symbol.dispose]();
  weights[Symbol.dispose]();
}

/** The numbers of an input: the same for the same seed. */
function numbers({ name, shape, contents }: ProgramInput, seed: number): Float64Array {
  const rng = new Rng([...name].reduce((sum, c) => Math.imul(sum, 31) + c.charCodeAt(0), seed));
  return Float64Array.from(
    { length: elements(shape) },
    () =>
      contents.kind === "index" ? rng.integer(0, contents.bound - 1) : Math.fround(rng.normal()),
  );
}

async function openProgram(device: Device, program: Program, seed: number): Promise<Open> {
  const weights = new Weights(device);
  try {
    const packed = new Map<string, Packed>();
    for (const input of program.inputs) {
      if (input.contents.kind !== "weight") continue;
      const data = Float32Array.from(numbers(input, seed));
      const differentiable = program.gradient !== undefined;
      packed.set(
        input.name,
        await packMatrix(weights, input.name, input.shape, data, { differentiable }),
      );
    }
    const named = new Map<string, Operand>(packed);
    const plan = await record(device, (r) => recordProgram(r, program, named));
    const given = await givenValues(device, plan);
    const one: Open = { program, plan, weights, named, given };
    for (const input of program.inputs) {
      if (!packed.has(input.name)) write(one, input.name, seed);
    }
    if (plan.inputs.has("slope")) write(one, "slope", seed);
    const { of = "", by = [] } = program.gradient ?? {};
    for (const [i, name] of by.entries()) {
      const derivative = plan.outputs[program.outputs.length + i] as AnyTensor;
      checkSlope(plan, given, { of: named.get(of), by: named.get(name), derivative } as Slope);
    }
    return one;
  } catch (error) {
    weights[Symbol.dispose]();
    throw error;
  }
}

/**
 * Records a program. Its outputs come first, then the derivatives. `values` holds its packed weights and
 * gets all else by its name.
 */
function recordProgram(
  r: Recorder,
  { inputs, lines, outputs, gradient, assigned }: Program,
  values: Map<string, Operand>,
): AnyTensor[] {
  const bounds = new Map<Operand, number>();
  for (const { name, shape, contents } of inputs) {
    const value = values.get(name) ??
      r.input(name, shape, contents.kind === "index" ? "u32" : "f32");
    values.set(name, value);
    if (contents.kind === "index") bounds.set(value, contents.bound);
  }
  const tensor = (name: string) => values.get(name) as Tensor;
  for (const { name, operation, operands, attrs } of lines) {
    const y = operations[operation]?.record(r, operands.map((o) => values.get(o)), attrs);
    values.set(name, y as Tensor);
    const application = r.applications.at(-1);
    const { x, index, labels } = application?.inputs as Record<string, Tensor>;
    const rows = (shape: readonly number[]) => elements(shape) / sizeAt(shape, -1);
    const past = index
      ? (bounds.get(index) ?? 0) > rows(operation === "gatherRows" && x ? x.shape : y?.shape ?? [1])
      : labels && x && (bounds.get(labels) ?? 0) > sizeAt(x.shape, -1);
    if (past) throw new TypeError("Cannot draw an index past the end");
  }
  for (const [input, value] of assigned) r.assign(tensor(input), tensor(value));
  const results = outputs.map(tensor);
  if (!gradient) return results;
  const y = tensor(gradient.of), slope = r.input("slope", y.shape);
  return [...results, ...differentiate(r, y, gradient.by.map(tensor), add, slope)];
}

function write({ program, plan, given }: Open, name: string, seed: number): void {
  const tensor = plan.inputs.get(name) as AnyTensor;
  const contents = program.inputs.find((input) => input.name === name)?.contents ??
    { kind: "normal" };
  const data = numbers({ name, shape: tensor.shape, contents }, seed);
  const memory = tensor.dtype === "u32" ? Uint32Array.from(data) : Float32Array.from(data);
  // An input that nothing uses has no memory.
  if (plan.places.has(tensor)) plan.write(name, memory);
  given.set(tensor, { shape: tensor.shape, data });
}

async function run(device: Device, one: Open): Promise<void> {
  const { program: { assigned }, plan, named, given } = one;
  const inputs = assigned.map(([input]) => named.get(input) as AnyTensor);
  const values = assigned.map(([, value]) => named.get(value) as AnyTensor);
  const wanted = [...plan.outputs, ...values];
  const { results, noise } = evaluateProgram(plan, given, wanted);
  plan.run();
  one.wanted = results.slice(0, plan.outputs.length);
  one.noise = noise.slice(0, plan.outputs.length);
  if (inputs.length === 0) return;
  const read = await device.read(inputs as Tensor[]);
  for (const [i, input] of inputs.entries()) {
    const at = plan.outputs.length + i, got = Float64Array.from(read[i] ?? []);
    compareWithNoise(`assigned ${input.label}`, got, results[at] as Values, noise[at] ?? 0);
    given.set(input, { shape: input.shape, data: got });
  }
}

async function check(device: Device, { plan, wanted, noise }: Open): Promise<void> {
  if (wanted === undefined) return;
  const read = await device.read(plan.outputs as Tensor[]);
  for (const [i, values] of wanted.entries()) {
    const got = Float64Array.from(read[i] ?? []);
    compareWithNoise(`output ${i}`, got, values, noise?.[i] ?? 0);
  }
}
