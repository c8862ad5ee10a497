import type { Sample } from "./sample.ts";

/** Bytes of features that are kept in memory at most; what is beyond is read again each time. */
const mostBytes = 512 * 2 ** 20;

/** Samples that remember their features: training asks for them in every epoch, and folds train often. */
export function keepFeatures(samples: readonly Sample[], most = mostBytes): Sample[] {
  let bytes = 0;
  return samples.map((sample) => {
    let kept: Float32Array | undefined;
    const features = async () => {
      if (kept) return kept;
      const read = await sample.features();
      if (bytes + read.byteLength <= most && !kept) {
        bytes += read.byteLength;
        kept = read;
      }
      return read;
    };
    return { ...sample, features };
  });
}
