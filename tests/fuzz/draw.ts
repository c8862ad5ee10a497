import {
  type AnyTensor,
  differentiate,
  elements,
  Recorder,
  Rng,
  type Shape,
  type Tensor,
} from "../../engine/mod.ts";
import { add } from "../../kernels/mod.ts";
import type { Draw } from "./operation.ts";
import { operations } from "./operations.ts";
import type { Contents, Event, Line, Program, ProgramInput, Session } from "./program.ts";

/** Sizes of axes: around what vectors, subgroups and workgroups hold, and past it. */
const sizes = [1, 2, 3, 4, 5, 7, 8, 9, 13, 16, 17, 31, 32, 33, 50, 64, 65, 130] as const;

/** Elements of a value: the float64 references take milliseconds. */
const most = 6000;

/** Draws a session: a few programs whose plans live and die together. */
export function drawSession(seed: number): Session {
  const rng = new Rng(seed);
  const programs = Array.from({ length: rng.integer(1, 3) }, () => drawProgram(rng));
  const events: Event[] = [];
  const open = new Set<number>();
  let next = 0;
  for (let i = rng.integer(4, 14); i > 0 || next < programs.length; i--) {
    if (next < programs.length && (open.size === 0 || rng.integer(0, 3) === 0)) {
      events.push({ kind: "open", program: next });
      open.add(next++);
      continue;
    }
    const program = [...open][rng.integer(0, open.size - 1)];
    if (program === undefined) break;
    const { inputs } = programs[program] as Program;
    const written = inputs.filter(({ contents }) => contents.kind === "normal");
    const kind = rng.pick(["run", "run", "check", "write", "close"] as const);
    if (kind !== "write") events.push({ kind, program });
    else if (written.length > 0) {
      const { name } = written[rng.integer(0, written.length - 1)] as ProgramInput;
      events.push({ kind, program, input: name, seed: rng.integer(1, 1e6) });
    }
    if (kind === "close") open.delete(program);
  }
  for (const program of open) events.push({ kind: "run", program }, { kind: "check", program });
  return { design: rng.pick(["chosen", "gpu"]), programs, events };
}

function drawProgram(rng: Rng): Program {
  const recorder = new Recorder(), values = new Map<string, AnyTensor>();
  const inputs: ProgramInput[] = [], lines: Line[] = [];
  const floats = () => [...values].filter(([, { dtype }]) => dtype === "f32").map(([name]) => name);
  const draw: Draw = {
    rng,
    size: () => rng.pick(sizes),
    shapeOf: (name) =>
      values.get(name)?.shape ?? inputs.find((input) => input.name === name)?.shape ?? [],
    any() {
      const known = floats();
      if (known.length > 0 && rng.integer(0, 4) > 0) {
        // Rather one of the last: deep programs, not wide ones.
        return known[
          Math.max(rng.integer(0, known.length - 1), rng.integer(0, known.length - 1))
        ] ??
          "";
      }
      const shape = Array.from({ length: rng.integer(1, 3) }, () => draw.size());
      while (elements(shape) > most) shape[shape.indexOf(Math.max(...shape))] = 3;
      return draw.fresh(shape);
    },
    like(shape) {
      const known = floats().filter((name) => `${draw.shapeOf(name)}` === `${shape}`);
      return known.length > 0 && rng.integer(0, 2) > 0
        ? known[rng.integer(0, known.length - 1)] ?? ""
        : draw.fresh(shape);
    },
    fresh(shape: Shape, contents: Contents = { kind: "normal" }) {
      const name = contents.kind === "weight" ? `w${inputs.length}` : `x${inputs.length}`;
      // A trial: packed weights record like tensors.
      const dtype = contents.kind === "index" ? "u32" : "f32";
      const tensor = recorder.input(name, shape, dtype);
      inputs.push({ name, shape, contents });
      values.set(name, tensor);
      if (contents.kind === "weight") weights.add(name);
      return name;
    },
  };
  const weights = new Set<string>();
  const names = Object.keys(operations);
  for (let tries = rng.integer(1, 9); tries > 0; tries--) {
    const operation = names[rng.integer(0, names.length - 1)] ?? "";
    const before = inputs.length;
    const drawn = operations[operation]?.draw(draw);
    const undo = () => {
      for (const { name } of inputs.splice(before)) {
        values.delete(name);
        recorder.inputs.delete(name);
      }
    };
    // A packed weight is what a product takes second, and nothing else.
    const misplaced = drawn?.operands.some((one, i) =>
      weights.has(one) && !(operation === "packedMatmul" && i === 1)
    );
    if (drawn === undefined || misplaced) {
      undo();
      continue;
    }
    const { operands, attrs = {} } = drawn;
    const y = operations[operation]?.record(
      recorder,
      operands.map((name) => values.get(name)),
      attrs,
    );
    if (y === undefined || elements(y.shape) > most) {
      undo();
      continue;
    }
    const name = `v${lines.length}`;
    values.set(name, y);
    lines.push({ name, operation, operands, attrs });
  }
  for (const name of weights) values.delete(name);
  if (lines.length === 0) return drawProgram(rng);
  const last = (lines.at(-1) as Line).name;
  const outputs = [
    ...lines.map(({ name }) => name).filter((name) => name !== last && rng.integer(0, 3) === 0),
    last,
  ];
  const assigned = inputs.flatMap(({ name, shape, contents }) => {
    if (contents.kind !== "normal" || rng.integer(0, 3) > 0) return [];
    // Other inputs too, which may be assigned in their turn: all assignments happen at once.
    const fits = [...inputs.filter((input) => input.contents.kind === "normal"), ...lines]
      .map((one) => one.name)
      .filter((value) => value !== name && `${draw.shapeOf(value)}` === `${shape}`);
    const value = fits[rng.integer(0, fits.length - 1)];
    return value === undefined ? [] : [[name, value] as const];
  });
  return { inputs, lines, outputs, assigned, gradient: drawGradient(rng, inputs, lines) };
}

/** A derivative that the operations know: tried on a recording of its own. */
function drawGradient(
  rng: Rng,
  inputs: readonly ProgramInput[],
  lines: readonly Line[],
): Program["gradient"] {
  const of = (lines.at(-1) as Line).name;
  const by = inputs.filter(({ contents }) => contents.kind === "normal")
    .map(({ name }) => name).filter(() => rng.integer(0, 1) === 1);
  while (by.length > 0) {
    try {
      recordGradient(inputs, lines, of, by);
      return { of, by };
    } catch (error) {
      if (!/Cannot (differentiate|record transpose)/.test(String(error))) throw error;
      by.pop();
    }
  }
  return undefined;
}

function recordGradient(
  inputs: readonly ProgramInput[],
  lines: readonly Line[],
  of: string,
  by: readonly string[],
): void {
  const recorder = new Recorder();
  const values = new Map<string, AnyTensor>(
    inputs.map(({ name, shape, contents }) => [
      name,
      recorder.input(name, shape, contents.kind === "index" ? "u32" : "f32"),
    ]),
  );
  for (const { name, operation, operands, attrs } of lines) {
    const y = operations[operation]?.record(recorder, operands.map((o) => values.get(o)), attrs);
    values.set(name, y as Tensor);
  }
  const y = values.get(of) as Tensor;
  differentiate(
    recorder,
    y,
    by.map((name) => values.get(name) as Tensor),
    add,
    recorder.input("slope", y.shape),
  );
}
