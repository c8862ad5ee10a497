/**
 * The adjusted Rand index of two labellings of the same rows: 1 if they are equal up to renaming, about
 * 0 if they are unrelated. Noise counts as a label.
 */
export function adjustedRand(a: ArrayLike<number>, b: ArrayLike<number>): number {
  const together = new Map<string, number>(),
    inA = new Map<number, number>(),
    inB = new Map<number, number>();
  for (let i = 0; i < a.length; i++) {
    const x = a[i] as number, y = b[i] as number, key = `${x},${y}`;
    together.set(key, (together.get(key) ?? 0) + 1);
    inA.set(x, (inA.get(x) ?? 0) + 1);
    inB.set(y, (inB.get(y) ?? 0) + 1);
  }
  const squares = (counts: Map<unknown, number>) =>
    counts.values().reduce((sum, count) => sum + count ** 2, 0);
  const both = squares(together), first = squares(inA), second = squares(inB);
  // Counts of ordered pairs of rows, by whether each labelling puts them together.
  const yesYes = both - a.length, yesNo = first - both, noYes = second - both;
  const noNo = a.length ** 2 - both - yesNo - noYes;
  if (yesNo === 0 && noYes === 0) return 1;
  return 2 * (yesYes * noNo - yesNo * noYes) /
    ((yesYes + yesNo) * (yesNo + noNo) + (yesYes + noYes) * (noYes + noNo));
}
