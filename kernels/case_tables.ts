import type { DType, Rng, Shape } from "../engine/mod.ts";
import {
  below,
  type Case,
  type CaseOperand,
  type Fill,
  normal,
  type Refusal,
  tensor,
} from "./kernel.ts";

/** The numbers given, over and over. */
export const listed = (numbers: readonly number[]): Fill => (_, i) =>
  numbers[i % numbers.length] ?? 0;

/** The same number everywhere. */
export const all = (number: number): Fill => () => number;

/** Normal numbers of this deviation around this mean. */
export const around = (mean: number, deviation = 1): Fill => (rng) =>
  mean + deviation * rng.normal();

/** Infinities and NaN, rare among normal numbers. */
export const rarelySpecial = (period: number): Fill => (rng, i) =>
  i % period === 7 ? [Infinity, 1, -Infinity, NaN][i % 4] ?? 0 : rng.normal();

/** A case of operands as they are written, and what is unusual about it. */
export function caseOf<A>(written: Readonly<Record<string, Written>>, attrs: A, note?: string) {
  return { inputs: operands(written), attrs, note };
}

/** Shapes written in a line: `1 4x8 3x5x7`. */
export function shapes(line: string): number[][] {
  return line.split(" ").map((shape) => shape.split("x").map(Number));
}

/** A case of each shape in a line. */
export function each<A>(line: string, make: (shape: number[]) => Case<A>): Case<A>[] {
  return shapes(line).map((shape) => make(shape));
}

/** The same, of shapes that the models use: these are timed by the benchmark. */
export function ofModels<A>(line: string, make: (shape: number[]) => Case<A>): Case<A>[] {
  return each(line, (shape) => ({ ...make(shape), model: true }));
}

/** So many cases, usually random ones. */
export function times<T>(count: number, make: () => T): T[] {
  return Array.from({ length: count }, make);
}

/** A random shape: one size up to each bound. */
export function randomShape(rng: Rng, ...bounds: readonly number[]): number[] {
  return bounds.map((bound) => rng.integer(1, bound));
}

/** What an operand may be written as: `4x8`, `4x8 u8`, a shape of normal numbers, or all of it. */
type Written = string | Shape | CaseOperand;

/** Operands of a case, as they are written. */
export function operands(written: Readonly<Record<string, Written>>): Case<unknown>["inputs"] {
  return Object.fromEntries(
    Object.entries(written).map(([name, operand]) => {
      if (typeof operand !== "string") {
        return [name, "kind" in operand ? operand : tensor(operand)];
      }
      const [line = "", dtype = "f32"] = operand.split(" ");
      const [shape = []] = line === "scalar" ? [[]] : shapes(line);
      const fill = dtype === "f32" ? normal : below(dtype === "u8" ? 256 : 1);
      return [name, tensor(shape, fill, dtype as DType)];
    }),
  );
}

/** What must be refused, with a part of what the refusal says. */
export function refuse<A>(
  says: string,
  written: Readonly<Record<string, Written>>,
  attrs = {} as A,
): Refusal<A> {
  return { inputs: operands(written), attrs, says };
}
