/** What the fingerprint of a CLIP ends with whose features are of pictures and their mirror images. */
const mark = "+mirrored";

/** The fingerprint of the same CLIP that sees mirror images too. */
export function mirroredFingerprint(fingerprint: string): string {
  return `${fingerprint}${mark}`;
}

/** Whether any of what was learnt on CLIPs wants features of pictures and their mirror images. */
export function wantsMirrored(
  ...learnt: readonly ({ readonly fingerprint: string } | undefined)[]
): boolean {
  return learnt.some((clip) => clip?.fingerprint.endsWith(mark));
}

/** Whether two fingerprints are of one CLIP that saw mirror images too in one of the cases alone. */
export function differInMirroring(a: string, b: string): boolean {
  return a === mirroredFingerprint(b) || b === mirroredFingerprint(a);
}

/** A square picture `[size, size, C]` of bytes as a mirror shows it. */
export function mirrorPicture(
  picture: Uint8Array<ArrayBuffer>,
  size: number,
): Uint8Array<ArrayBuffer> {
  const mirrored = new Uint8Array(picture.length), row = picture.length / size, pixel = row / size;
  for (let start = 0; start < picture.length; start += row) {
    for (let x = 0; x < size; x++) {
      const from = start + pixel * (size - 1 - x);
      mirrored.set(picture.subarray(from, from + pixel), start + pixel * x);
    }
  }
  return mirrored;
}
