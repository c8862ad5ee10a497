import { auPrompts } from "../../model/clip_au/au_prompts.ts";
import type { DrawnRng } from "./drawn_rng.ts";
import { clamp } from "./exact.ts";

/**
 * What a drawn face can do, each from 0 to 1, in the order of the Action Units' prompts. Numbers are
 * those of FACS; the last two share a prompt.
 */
export const controls = [
  ...["AU1", "AU2", "AU4", "AU5", "AU6", "AU7", "AU9", "AU10", "AU11", "AU12"] as const,
  ...["AU13", "AU14", "AU15", "AU16", "AU17", "AU18", "AU20", "AU22", "AU23", "AU24"] as const,
  ...["AU25", "AU26", "AU27", "AU28", "AU41", "AU42", "AU43", "AU44", "AU45", "AU46"] as const,
  ...["headLeft", "headRight", "headUp", "headDown"] as const,
  ...["eyesLeft", "eyesRight", "eyesUp", "eyesDown"] as const,
  ...["AU29", "AU31", "AU32", "lipWipe", "lipLick", "cheekBlow", "AU38", "AU39", "tongue"] as const,
] as const;
export type Control = typeof controls[number];

/** How strongly a face does each. */
export type Expression = Readonly<Record<Control, number>>;

/** An expression out of what is not 0. */
export function expressionOf(some: Partial<Expression> = {}): Record<Control, number> {
  const all = {} as Record<Control, number>;
  for (const control of controls) all[control] = some[control] ?? 0;
  return all;
}

/** An expression on the two sides of a face, where the left one does `more` of each and the right less. */
export function onSides(expression: Expression, more: Expression) {
  const left = expressionOf(), right = expressionOf();
  for (const control of controls) {
    left[control] = clamp(expression[control] * (1 + more[control]), 0, 1);
    right[control] = clamp(expression[control] * (1 - more[control]), 0, 1);
  }
  return { left, right };
}

/** How much more of each control one side does than the other, at random. */
export function drawLopsided(rng: DrawnRng, deviation: number): Expression {
  const lopsided = expressionOf();
  for (const control of controls) {
    const more = clamp(rng.normal(0, deviation), -.6, .6);
    lopsided[control] = turning.has(control) ? 0 : more;
  }
  return lopsided;
}

/** Head and eyes turn as a whole: these have no sides. */
const turning: ReadonlySet<Control> = new Set(
  controls.filter((control) => /^(head|eyes)/.test(control)),
);

/**
 * How strongly an expression shows what each prompt tells. In a still picture a blink is closed eyes,
 * and the last prompt names two things.
 */
export function promptStrengths(expression: Expression): number[] {
  const closed = Math.max(expression.AU43, expression.AU45);
  return auPrompts.map((_, i) => {
    const control = controls[i] as Control;
    if (control === "AU43" || control === "AU45") return closed;
    return i === auPrompts.length - 1
      ? Math.max(expression.AU39, expression.tongue)
      : expression[control];
  });
}
