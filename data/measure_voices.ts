import { CachedFeatures } from "../media/features/feature_cache.ts";
import { openSound } from "../media/sound/open_sound.ts";
import { prosodyNames, prosodyOf } from "../media/sound/sound_features.ts";
import { soundFrames } from "../media/sound/sound_frames.ts";
import { trackSound } from "../media/sound/sound_track.ts";
import type { FoundClip } from "./find_media.ts";

/** How voices are measured: another version has other numbers. */
const version = "prosody 1";

/** Where the numbers are kept, and callbacks. */
export interface VoiceSetup {
  readonly folder: string;
  readonly ffmpeg?: string | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Told how many clips are done. */
  readonly onClip?: ((done: number) => void) | undefined;
}

/**
 * Measures the voice in the sound of each clip that is a whole video (`prosodyNames`), once: the numbers are kept on disk.
 * What has no sound has no voice.
 */
export async function measureVoices<Clip extends FoundClip>(
  clips: readonly Clip[],
  { folder, ffmpeg, signal, onClip }: VoiceSetup,
): Promise<Clip[]> {
  const setup = { folder, model: version, width: prosodyNames.length }, all: Clip[] = [];
  for (const [i, clip] of clips.entries()) {
    signal?.throwIfAborted();
    all.push(clip.sound === undefined ? clip : await withVoice(clip, clip.sound));
    onClip?.(i + 1);
  }
  return all;

  async function withVoice(clip: Clip, path: string): Promise<Clip> {
    const kept = await CachedFeatures.find(setup, [path], version);
    let voice = await kept.read();
    if (!voice) {
      const start = performance.now();
      await using sound = await openSound(path, { ffmpeg, signal });
      const track = sound && await trackSound(soundFrames(sound), sound.start);
      voice = Float32Array.from(track && prosodyOf(track, 0) || []);
      await kept.write(voice, performance.now() - start);
    }
    return voice.length > 0 ? { ...clip, voice: [...voice] } : clip;
  }
}
