import { join } from "node:path";
import type { FoundClip } from "../../data/find_media.ts";
import { environment } from "../../engine/mod.ts";
import { ifThere } from "../../io/files/if_there.ts";
import { writeAtomically } from "../../io/files/write_atomically.ts";
import { openSound } from "../../media/sound/open_sound.ts";
import { prosodyNames, prosodyOf } from "../../media/sound/sound_features.ts";
import { soundFrames } from "../../media/sound/sound_frames.ts";
import { trackSound } from "../../media/sound/sound_track.ts";

/** Voices are kept each so many videos. */
const keptEvery = 20;

/** The voices of videos, measured once and kept in a folder beside the features of their faces. */
export class VideoVoices {
  readonly #path: string;
  readonly #kept: Map<string, number[] | null>;
  #since = 0;

  private constructor(path: string, kept: Map<string, number[] | null>) {
    this.#path = path;
    this.#kept = kept;
  }

  static async open(folder: string): Promise<VideoVoices> {
    const path = join(folder, "voices.json"), text = await ifThere(Deno.readTextFile(path));
    let kept: Record<string, number[] | null> = {};
    try {
      kept = text === undefined ? {} : JSON.parse(text);
    } catch {
      // It was not written by this: voices are measured anew.
    }
    return new VideoVoices(path, new Map(Object.entries(kept)));
  }

  /** Numbers about the voice in a video; undefined where there is no sound, or where a clip is no video. */
  async of({ file }: FoundClip, signal: AbortSignal): Promise<readonly number[] | undefined> {
    if (file === undefined) return undefined;
    const { size, mtime } = await Deno.stat(file);
    const key = `${file} ${size} ${mtime?.getTime()} ${prosodyNames.length}`;
    const known = this.#kept.get(key);
    if (known !== undefined) return known ?? undefined;
    const ffmpeg = environment("AUTT_FFMPEG");
    await using sound = await openSound(file, { signal, ...ffmpeg !== undefined && { ffmpeg } });
    const prosody = sound && prosodyOf(await trackSound(soundFrames(sound), sound.start), 0);
    this.#kept.set(key, prosody ? [...prosody] : null);
    if (++this.#since % keptEvery === 0) await this.keep();
    return prosody && [...prosody];
  }

  /** Writes what was measured. */
  async keep(): Promise<void> {
    await Deno.mkdir(join(this.#path, ".."), { recursive: true });
    await writeAtomically(this.#path, JSON.stringify(Object.fromEntries(this.#kept)) + "\n");
  }
}
