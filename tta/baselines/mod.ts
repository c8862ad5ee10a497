/**
 * Trivial baselines for every table: predictions with no model of faces, or almost none.
 *
 * @module
 */
import type { MethodEntry } from "../methods/method.ts";
import { constant, majority, taskOnly } from "./counting.ts";
import { neutralMean } from "./neutral_mean.ts";

/** The baselines for given classes, in table order. */
export function baselinesFor(classes: readonly string[]): MethodEntry[] {
  return [
    ...classes.map((name, label) => constant(label, name)),
    majority,
    taskOnly,
    neutralMean,
  ];
}
