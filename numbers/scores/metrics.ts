import { average } from "../vectors.ts";

/** How well classes were predicted. */
export interface Metrics {
  /** The share of correct predictions: weighted average recall. */
  readonly war: number;
  /** The mean recall over classes: unweighted average recall. */
  readonly uar: number;
  /** The mean over classes of F1. */
  readonly f1: number;
}

/**
 * Compares predicted classes with labels. Means are over the classes that occur on either side, or, if
 * their number is given, over all classes. As in scikit-learn, undefined values count as 0.
 */
export function computeMetrics(
  wanted: readonly number[],
  got: readonly number[],
  all?: number,
): Metrics {
  if (wanted.length !== got.length || wanted.length === 0) {
    throw new TypeError(
      `Cannot compute metrics of ${got.length} predictions for ${wanted.length} labels: ` +
        `wanted as many, and one at least`,
    );
  }
  const classes = all === undefined
    ? [...new Set([...wanted, ...got])]
    : Array(all).keys().toArray();
  const count = (test: (i: number) => boolean) => wanted.filter((_, i) => test(i)).length;
  const share = (part: number, whole: number) => whole === 0 ? 0 : part / whole;
  const each = classes.map((label) => {
    const right = count((i) => wanted[i] === label && got[i] === label);
    const there = count((i) => wanted[i] === label), said = count((i) => got[i] === label);
    return { recall: share(right, there), f1: share(2 * right, there + said) };
  });
  const mean = (name: "recall" | "f1") => average(each.map((one) => one[name]));
  return {
    war: count((i) => wanted[i] === got[i]) / wanted.length,
    uar: mean("recall"),
    f1: mean("f1"),
  };
}
