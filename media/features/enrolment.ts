import { FormatError } from "../../io/files/format_error.ts";
import { openTensors } from "../../io/tensors/open_tensors.ts";
import { readMetadata } from "../../io/tensors/read_metadata.ts";
import { toFloat32 } from "../../io/tensors/stored_type.ts";
import { privateFile, writeAtomically } from "../../io/files/write_atomically.ts";
import { encodeSafetensors } from "../../io/tensors/write_safetensors.ts";
import type { NeutralMean } from "../../model/clip_au/neutral.ts";

/** What a person's face is like without any expression: a mean feature and its count, no picture. */
export interface Enrolment extends NeutralMean {
  /** `Clip.fingerprint()`: features of another CLIP are of no use. */
  readonly clip: string;
  /** Whether faces were cut out, or frames were taken whole. */
  readonly cropped: boolean;
  /** How many videos the frames are of. */
  readonly videos: number;
}

/** The key of the metadata, and its version. */
const format = "autt.enrolment", version = 1;

/** Writes an enrolment for nobody but the user to read, whole or not at all. */
export async function saveEnrolment(path: string, { mean, ...info }: Enrolment): Promise<void> {
  if (!mean.every(Number.isFinite)) {
    throw new RangeError(
      "Cannot save an enrolment: its mean is not finite: a file that was there stays as it was",
    );
  }
  const bytes = encodeSafetensors(
    { mean: { dtype: "F32", shape: [mean.length], data: mean } },
    { [format]: JSON.stringify({ version, ...info }) },
  );
  await writeAtomically(path, bytes, privateFile);
}

/** Reads an enrolment. */
export async function loadEnrolment(path: string): Promise<Enrolment> {
  using file = await openTensors(path);
  const refuse = (why: string) => new FormatError(`Cannot read the enrolment "${path}": ${why}`);
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

/** Throws, saying what differs, unless an enrolment is of the features that are in use. */
export function checkEnrolment(
  { clip, cropped, mean }: Enrolment,
  wanted: Pick<Enrolment, "clip" | "cropped"> & { readonly width: number },
): void {
  const refuse = (why: string) =>
    new TypeError(`Cannot use this person's enrolment: ${why}: enroll them again`);
  if (clip !== wanted.clip || mean.length !== wanted.width) {
    throw refuse("it was made with another CLIP");
  }
  if (cropped !== wanted.cropped) {
    throw refuse(
      cropped
        ? "faces were cut out there, and frames are faces already here"
        : "frames were faces already there, and faces are cut out here",
    );
  }
}

/** What is known of a person after more neutral videos. */
export function mergeEnrolments(a: Enrolment, b: Enrolment): Enrolment {
  const { clip, cropped, mean: { length: width } } = a;
  checkEnrolment(b, { clip, cropped, width });
  const frames = a.frames + b.frames;
  const mean = a.mean.map((x, i) => (x * a.frames + (b.mean[i] ?? NaN) * b.frames) / frames);
  return { clip, cropped, videos: a.videos + b.videos, frames, mean };
}
