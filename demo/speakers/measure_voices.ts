import { join } from "node:path";
import type { Split } from "../../data/split_subjects.ts";
import { ifThere } from "../../io/files/if_there.ts";
import { writeAtomically } from "../../io/files/write_atomically.ts";
import { prosodyOf } from "../../media/sound/sound_features.ts";
import { soundFrames } from "../../media/sound/sound_frames.ts";
import { trackSound } from "../../media/sound/sound_track.ts";
import { framesPerSecond } from "./answer.ts";
import { keptName, planOf, type SpeakerClip } from "./speaker_dataset.ts";
import { drawVoice } from "./voice_sound.ts";

/** Of what is kept: another version of the drawn sound or of what is measured in it gives other numbers. */
const version = 1;

/** Draws the sound of a speaker's answers and measures it, as the sound of a video is measured. */
export async function measureVoices(
  { train, held }: Split<SpeakerClip>,
  folder: string,
  { signal, onAnswer }: {
    readonly signal?: AbortSignal | undefined;
    readonly onAnswer?: ((done: number) => void) | undefined;
  } = {},
): Promise<Split<SpeakerClip>> {
  let done = 0;
  const measured = async (clips: readonly SpeakerClip[]) => {
    const all: SpeakerClip[] = [];
    for (const some of Map.groupBy(clips, keptName).values()) {
      const path = join(folder, `voice-${keptName(some[0] as SpeakerClip)}-${version}.json`);
      const kept = await ifThere(Deno.readTextFile(path));
      const voices: number[][] = kept === undefined ? [] : JSON.parse(kept);
      for (const [i, clip] of some.entries()) {
        signal?.throwIfAborted();
        const voice = voices[i] ?? await measureVoice(clip);
        voices[i] = voice;
        all.push({ ...clip, voice });
        onAnswer?.(++done);
      }
      if (kept !== undefined) continue;
      await Deno.mkdir(folder, { recursive: true });
      await writeAtomically(path, JSON.stringify(voices) + "\n");
    }
    return all;
  };
  return { train: await measured(train), held: await measured(held) };
}

async function measureVoice(clip: SpeakerClip): Promise<number[]> {
  const { seed, number, answer } = clip, { sentences, faces } = planOf(clip);
  const sound = drawVoice(sentences, faces.length / framesPerSecond, 7300, seed, number, answer);
  return [...prosodyOf(await trackSound(soundFrames([sound])), 0) ?? []];
}
