import { elements, type Plan, type Rng } from "../../engine/mod.ts";
import { drawMask } from "./dropout.ts";

/** What a step draws, if it is to be repeated elsewhere. */
export interface GivenRandom {
  /** The noise of its generations, `[B, S/16, S/16, N]` each. */
  readonly noise?: readonly Float32Array<ArrayBuffer>[];
  /** What the heads' dropout multiplies by, 0 or more than 1, by the inputs' names. */
  readonly masks?: ReadonlyMap<string, Float32Array<ArrayBuffer>>;
}

/** Writes a step's noise, from 0 to 1, and its masks: those that are given, or drawn ones. */
export function writeRandom(
  plan: Plan,
  { noise, masks }: GivenRandom,
  dropout: number,
  rng: Rng,
): void {
  for (const [name, { shape }] of plan.inputs) {
    const length = elements(shape);
    if (name.startsWith("noise.")) {
      const given = noise?.[Number(name.slice("noise.".length))];
      plan.write(name, given ?? Float32Array.from({ length }, () => rng.uniform()));
    } else if (name.startsWith("mask.")) {
      plan.write(name, masks?.get(name) ?? drawMask(length, dropout, rng));
    }
  }
}
