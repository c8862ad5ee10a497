import { frameScale } from "../../data/frame_scale.ts";
import { spreadEvenly } from "../../data/frame_windows.ts";
import type { FrameFeatures } from "../../model/frame_fusion/frame_reader.ts";
import type { Scale } from "../../model/frame_fusion/frame_file.ts";
import type { Modality } from "../../model/conflict_fusion/sizes.ts";

/** What is known of a clip for models that read every frame. */
export interface ClipFrames {
  /** `[T, d]`: the face of each frame; none where no face was seen. */
  readonly faces: Float32Array;
  /** The direction of each sentence, in the order in which they are said. */
  readonly sentences: readonly ArrayLike<number>[];
  /** Numbers about the voice, where there is sound. */
  readonly voice?: ArrayLike<number> | undefined;
}

/** A modality that a model reads. */
interface ReadModality {
  readonly name: string;
  readonly width: number;
}

/** What each modality has of a clip: the rows that its frames take, and the row of each frame. */
function rowsOf({ faces, sentences, voice }: ClipFrames, faceWidth: number) {
  const seen = faces.length / faceWidth;
  // Without a face there is a frame for each sentence.
  const frames = seen || Math.max(1, sentences.length);
  const every = Array.from({ length: frames }, (_, frame) => frame);
  return {
    frames,
    video: {
      rows: Array.from(
        { length: seen },
        (_, i) => faces.subarray(i * faceWidth, (i + 1) * faceWidth),
      ),
      of: every,
    },
    text: { rows: sentences, of: spreadEvenly(sentences.length, frames) },
    audio: { rows: voice ? [voice] : [], of: every.map(() => 0) },
  };
}

/** Which modalities clips have, in the order in which the models join them, and how wide they are. */
export function modalitiesIn(
  clips: readonly ClipFrames[],
  faceWidth: number,
  wanted: readonly Modality[],
): ReadModality[] {
  const order: readonly Modality[] = ["video", "audio", "text"];
  return order.filter((name) => wanted.includes(name)).flatMap((name) => {
    const rows = clips.flatMap((clip) => rowsOf(clip, faceWidth)[name].rows.slice(0, 1));
    return rows[0] ? [{ name, width: rows[0].length }] : [];
  });
}

/** Words and voices are measured against all frames that are learnt from; faces are taken as they are. */
export function scalesOf(
  clips: readonly ClipFrames[],
  faceWidth: number,
  modalities: readonly ReadModality[],
): Record<string, Scale> {
  return Object.fromEntries(
    modalities.filter(({ name }) => name !== "video").map(({ name, width }) => {
      const videos = clips.map((clip) => {
        const { rows, of } = rowsOf(clip, faceWidth)[name as Modality];
        return rows.length === 0 ? [] : of.flatMap((row) => Array.from(rows[row] ?? []));
      });
      const { mean, deviation } = frameScale(videos, width);
      return [name, { mean: [...mean], deviation: Array.from(deviation, (d) => d || 1) }];
    }),
  );
}

/**
 * The frames `[T, D]` of each modality. Sentences are spread over the frames in equal blocks, as BAH's authors
 * spread words, and the voice is the same in all of them; what a clip lacks is zeros, which is what is
 * usual on its scale.
 */
export function toFrames(
  clip: ClipFrames,
  faceWidth: number,
  modalities: readonly ReadModality[],
  scales: Readonly<Record<string, Scale>>,
): FrameFeatures {
  const all = rowsOf(clip, faceWidth);
  return Object.fromEntries(
    modalities.map(({ name, width }) => {
      const { rows, of } = all[name as Modality], scale = scales[name];
      const frames = new Float32Array(all.frames * width);
      for (let frame = 0; frame < all.frames; frame++) {
        const row = rows[of[frame] ?? -1];
        if (!row) continue;
        for (let i = 0; i < width; i++) {
          const value = row[i] as number;
          frames[frame * width + i] = scale
            ? (value - (scale.mean[i] as number)) / (scale.deviation[i] as number)
            : value;
        }
      }
      return [name, frames];
    }),
  );
}
