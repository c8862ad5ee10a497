/** Stands before the fingerprint of a checkpoint whose weights were rounded to halves. */
const mark = "f16-";

/** Identifies what features depend on: the checkpoint, and whether its weights were rounded. */
export const featureKey = (fingerprint: string, rounded: boolean): string =>
  rounded ? mark + fingerprint : fingerprint;

/**
 * How the weights behind two keys differ, where that is in rounding alone: what was made with one is not
 * for the other. Keys may have more behind the fingerprint.
 */
export function roundingMismatch(made: string, here: string): string | undefined {
  if (made === mark + here) {
    return "it was made with weights rounded to halves, and here they are not (--precision f16)";
  }
  return mark + made === here
    ? "it was made with weights as they are, and here they are rounded to halves (--precision f16)"
    : undefined;
}
