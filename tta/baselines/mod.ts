/**
 * What every table holds beside the methods: answers that take no model of faces, or next to none.
 *
 * @module
 */
import type { MethodEntry } from "../methods/method.ts";
import { constant, majority, taskOnly } from "./counting.ts";
import { neutralMean } from "./neutral_mean.ts";

/** The baselines for some classes, in the order of tables. */
export function baselinesFor(classes: readonly string[]): MethodEntry[] {
  return [
    ...classes.map((name, label) => constant(label, name)),
    majority,
    taskOnly,
    neutralMean,
  ];
}
