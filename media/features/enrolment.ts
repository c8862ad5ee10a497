import { FormatError } from "../../io/files/format_error.ts";
import { readMetadata } from "../../io/tensors/read_metadata.ts";
import { toFloat32 } from "../../io/tensors/stored_type.ts";
import type { TensorFile } from "../../io/tensors/tensor_file.ts";
import { encodeSafetensors } from "../../io/tensors/write_safetensors.ts";
import { roundingMismatch } from "../../model/clip/feature_key.ts";
import { differInMirroring, wantsMirrored } from "../../model/clip/mirrored.ts";
import type { NeutralMean } from "../../model/clip_au/neutral.ts";

/** A person's resting face: the mean of features and their count, no picture. */
export interface Enrolment extends NeutralMean {
  /** `Clip.featureKey()`: the features of another CLIP cannot be compared. */
  readonly clip: string;
  /** Whether faces were cropped, or frames were taken whole. */
  readonly cropped: boolean;
  /** Number of videos that the frames are from. */
  readonly videos: number;
}

/** The key of the metadata, and its version. */
const format = "autt.enrolment", version = 1;

/** Encodes an enrolment as a safetensors file. Refuses numbers that are not finite. */
export function encodeEnrolment({ mean, ...info }: Enrolment): Uint8Array<ArrayBuffer> {
  if (!mean.every(Number.isFinite)) {
    throw new RangeError(
      "Cannot save an enrolment: its mean is not finite: a file that was there stays as it was",
    );
  }
  return encodeSafetensors(
    { mean: { dtype: "F32", shape: [mean.length], data: mean } },
    { [format]: JSON.stringify({ version, ...info }) },
  );
}

/** Reads an enrolment from an open file. */
export async function readEnrolment(file: TensorFile): Promise<Enrolment> {
  const refuse = (why: string) =>
    new FormatError(`Cannot read the enrolment "${file.name}": ${why}`);
  const stored = file.tensors.get("mean");
  const info = stored && readMetadata<Enrolment>(file, { format, version }, refuse);
  if (!info || !stored) throw refuse("it is no enrolment");
  const { clip, cropped, videos, frames } = info;
  const counts = [videos, frames].every((n) => Number.isSafeInteger(n) && Number(n) > 0);
  if (typeof clip !== "string" || typeof cropped !== "boolean" || !counts) {
    throw refuse("its metadata is not complete");
  }
  const mean = toFloat32(stored.dtype, await file.read("mean"));
  if (stored.shape.length !== 1 || !mean.every(Number.isFinite)) {
    throw refuse("its mean is not a row of finite numbers");
  }
  return { clip, cropped, videos: Number(videos), frames: Number(frames), mean };
}

/** What an enrolment has in common with the features that it can be used with. */
export type FeatureKind = Pick<Enrolment, "clip" | "cropped"> & { readonly width: number };

/** Why an enrolment can't be used with features; undefined if it can. */
export function enrolmentMismatch(
  { clip, cropped, mean }: Enrolment,
  wanted: FeatureKind,
): string | undefined {
  if (differInMirroring(clip, wanted.clip)) {
    return wantsMirrored({ fingerprint: clip })
      ? "it was made with --mirror, and the head was trained without"
      : "it was made without --mirror, and the head was trained with it";
  }
  if (clip !== wanted.clip || mean.length !== wanted.width) {
    return roundingMismatch(clip, wanted.clip) ?? "it was made with another CLIP";
  }
  if (cropped === wanted.cropped) return undefined;
  return cropped
    ? "faces were cut out there, and frames are faces already here"
    : "frames were faces already there, and faces are cut out here";
}

/** Throws if an enrolment was made with other features than those in use, and says what differs. */
export function checkEnrolment(enrolment: Enrolment, wanted: FeatureKind): void {
  const why = enrolmentMismatch(enrolment, wanted);
  if (why === undefined) return;
  throw new TypeError(`Cannot use this person's enrolment: ${why}: enroll them again`);
}

/** Combines two enrolments of one person. */
export function mergeEnrolments(a: Enrolment, b: Enrolment): Enrolment {
  const { clip, cropped, mean: { length: width } } = a;
  checkEnrolment(b, { clip, cropped, width });
  const frames = a.frames + b.frames;
  const mean = a.mean.map((x, i) => (x * a.frames + (b.mean[i] ?? NaN) * b.frames) / frames);
  return { clip, cropped, videos: a.videos + b.videos, frames, mean };
}
