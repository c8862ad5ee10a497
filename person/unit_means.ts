/**
 * Mean similarity to each Action Unit, `[A]`, over the frames seen from `first` to `last`, or over all.
 *
 * @param units `[N, A]`
 */
export function unitMeans(
  units: Float32Array,
  count: number,
  first = 0,
  last = units.length / count - 1,
): number[] {
  return Array.from({ length: count }, (_, unit) => {
    let sum = 0;
    for (let frame = first; frame <= last; frame++) sum += units[frame * count + unit] ?? NaN;
    return sum / (last - first + 1);
  });
}
