import {
  type Control,
  controls,
  drawLopsided,
  type Expression,
  expressionOf,
  onSides,
} from "../drawing/controls.ts";
import { clamp } from "../drawing/exact.ts";
import type { DrawnRng } from "../drawing/drawn_rng.ts";

/** What can't be seen at once: of each of these lists a face shows one. */
const exclusive: readonly (readonly Control[])[] = [
  ["AU26", "AU27", "AU24", "AU23", "AU28", "AU18", "AU17", "AU32"],
  ["headLeft", "headRight"],
  ["headUp", "headDown"],
  ["eyesLeft", "eyesRight"],
  ["eyesUp", "eyesDown"],
  ["AU43", "AU45", "AU46", "AU5", "AU41", "AU42", "AU44"],
  ["AU12", "AU15", "AU18", "AU22"],
  ["lipWipe", "lipLick", "tongue", "AU32"],
  ["AU38", "AU39"],
  ["cheekBlow", "AU26", "AU27", "AU25"],
  ["AU13", "AU12"],
  ["AU20", "AU18"],
];

/** Expressions that have a name. */
const prototypes: readonly Partial<Expression>[] = [
  { AU6: .7, AU12: .9, AU25: .4 }, // happy
  { AU1: .8, AU4: .5, AU15: .7, AU17: .3 }, // sad
  { AU4: .9, AU5: .4, AU7: .6, AU23: .6, AU24: .3 }, // angry
  { AU1: .9, AU2: .9, AU5: .8, AU26: .8 }, // surprised
  { AU9: .9, AU10: .6, AU17: .3 }, // disgusted
  { AU1: .8, AU2: .5, AU4: .6, AU5: .8, AU20: .6, AU25: .4 }, // afraid
  { AU4: .8, AU6: .5, AU7: .6, AU9: .5, AU10: .5, AU43: .5, AU20: .3 }, // in pain
  {}, // neutral
];

/** An expression at random: some units, or a named one with a few more. */
export function randomExpression(rng: DrawnRng): Record<Control, number> {
  const all = expressionOf(), named = rng.uniform() < .30;
  if (named) {
    const prototype = prototypes[rng.integer(0, prototypes.length - 1)] ?? {};
    const strength = rng.between(.45, 1.1);
    for (const [control, value] of Object.entries(prototype) as [Control, number][]) {
      if (rng.uniform() >= .85) continue;
      all[control] = clamp(value * strength * rng.between(.7, 1.3), 0, 1);
    }
  }
  const count = rng.integer(0, named ? 1 : 6);
  for (const at of rng.order(controls.length).slice(0, count)) {
    const control = controls[at] as Control;
    all[control] = Math.max(all[control], rng.between(.2, 1));
  }
  if (rng.uniform() < .3) all.AU25 = Math.max(all.AU25, rng.between(.2, 1));
  for (const list of exclusive) {
    const shown = list.filter((control) => all[control] > 0);
    const kept = shown[rng.integer(0, Math.max(0, shown.length - 1))];
    for (const control of shown) if (control !== kept) all[control] = 0;
  }
  return all;
}

/** The same expression on the two sides of a face, which are never alike; a wink is on one alone. */
export function unevenly(
  expression: Expression,
  rng: DrawnRng,
): { readonly left: Expression; readonly right: Expression } {
  const { left, right } = onSides(expression, drawLopsided(rng, .15));
  const onLeft = rng.uniform() < .5;
  left.AU46 = onLeft ? expression.AU46 : 0;
  right.AU46 = onLeft ? 0 : expression.AU46;
  return { left, right };
}
