import { soundFeatureNames, soundFeatures } from "../sound/sound_features.ts";
import { framesDuring } from "../transcript/transcript.ts";
import type { Speech } from "./read_speech.ts";

/** Words and sound beside each frame, for models that read every frame: zeros where there are none. */
export interface BesideFrames {
  /** `[T, d]`: the embedding of the sentence that is being said. */
  readonly words: Float32Array;
  /** `[T]`: 1 where something is said. */
  readonly hasWords: Uint8Array;
  /** `[T, 136]`: how it sounds around the frame, `soundFeatureNames`. */
  readonly sound: Float32Array;
  /** `[T]`: 1 where there is sound. */
  readonly hasSound: Uint8Array;
}

/** Seconds of sound on either side of a frame: VGGish's window is 0.96 s. */
const around = 0.48;

/**
 * The words and the sound of each frame. Where sentences overlap, the later one counts. Sentences without times say
 * nothing about single frames, so that there are no words then.
 *
 * @param times Of the frames, in seconds, in order.
 * @param width d: of CLIP's embeddings.
 */
export function besideFrames(
  { sentences, timed, track }: Pick<Speech, "sentences" | "timed" | "track">,
  times: readonly number[],
  width: number,
): BesideFrames {
  const sounds = soundFeatureNames.length, frames = times.length;
  const words = new Float32Array(frames * width), hasWords = new Uint8Array(frames);
  const sound = new Float32Array(frames * sounds), hasSound = new Uint8Array(frames);
  for (const [i, sentence] of (timed ? sentences : []).entries()) {
    const [first, last] = framesDuring({
      ...sentence,
      end: sentence.end ?? sentences[i + 1]?.start,
    }, times);
    for (let frame = first; frame <= last; frame++) {
      words.set(sentence.features, frame * width);
      hasWords[frame] = 1;
    }
  }
  for (const [frame, time] of times.entries()) {
    const numbers = track && soundFeatures(track, time - around, time + around);
    if (!numbers) continue;
    sound.set(numbers, frame * sounds);
    hasSound[frame] = 1;
  }
  return { words, hasWords, sound, hasSound };
}
