/** Throws unless a decision is a probability for each class: what is not finite must not pass for one. */
export function checkDecision(probabilities: Float32Array, classes: number, id: string): void {
  const sum = probabilities.reduce((total, p) => total + p, 0);
  if (probabilities.length === classes && Math.abs(sum - 1) < 1e-3) return;
  throw new RangeError(
    `Cannot use the decision on "${id}": wanted ${classes} probabilities that sum to 1: got ` +
      `[${[...probabilities].map((p) => p.toPrecision(4)).join(", ")}]`,
  );
}
