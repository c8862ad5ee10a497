/**
 * The area under the ROC curve: how likely a score of something that is there is above one of something
 * that is not. Equal scores count half. NaN where one of both never occurs.
 */
export function areaUnderCurve(scores: readonly number[], there: readonly boolean[]): number {
  const order = [...scores.keys()].sort((a, b) => (scores[a] ?? NaN) - (scores[b] ?? NaN));
  const positives = there.filter(Boolean).length, negatives = there.length - positives;
  let ranks = 0;
  for (let first = 0; first < order.length;) {
    let last = first;
    while (scores[order[last + 1] ?? -1] === scores[order[first] ?? -1]) last++;
    const rank = (first + last) / 2 + 1;
    for (; first <= last; first++) if (there[order[first] ?? -1]) ranks += rank;
  }
  return (ranks - positives * (positives + 1) / 2) / (positives * negatives);
}
