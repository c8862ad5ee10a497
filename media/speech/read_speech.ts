import type { Clip } from "../../model/clip/clip.ts";
import { openSound, type SoundOptions } from "../sound/open_sound.ts";
import { prosodyOf } from "../sound/sound_features.ts";
import { soundFrames } from "../sound/sound_frames.ts";
import { type SoundTrack, trackSound } from "../sound/sound_track.ts";
import { type EmbeddedSentence, embedSentences } from "../transcript/embed_sentences.ts";
import { readTranscript } from "../transcript/read_transcript.ts";
import { plainTranscript, type Transcript } from "../transcript/transcript.ts";
import type { StoredSound } from "../video/ffmpeg_report.ts";

/** What is said in a video, and how. */
export interface Speech {
  /** In the order in which they begin; none if there is no transcript. */
  readonly sentences: readonly EmbeddedSentence[];
  /** Whether all sentences have times. */
  readonly timed: boolean;
  /** The video's sound; undefined if there is none. */
  readonly track: SoundTrack | undefined;
  /** How the sound is stored in the file. */
  readonly stored: StoredSound | undefined;
  /** What is not there or not whole, and why, a sentence each. */
  readonly missing: readonly string[];
  /** How the voice is in a part of the video (`prosodyNames`); undefined if it has no sound then. */
  voice(from: number, to: number): number[] | undefined;
}

/** Where the words come from, which part of the sound is read, and callbacks. */
export interface SpeechOptions extends SoundOptions {
  /** A transcript, or the path of one; without it there are no words. */
  readonly transcript?: Transcript | string | undefined;
  /** Called with the time up to which sound was looked at. */
  readonly onSound?: ((seconds: number) => void) | undefined;
}

/**
 * Reads what is said in a video, and how: its transcript, each sentence embedded by CLIP, and its sound. Either may be
 * missing. Frames and faces are not touched.
 *
 * @param video A file, or a folder of pictures, which has no sound.
 */
export async function readSpeech(
  clip: Clip,
  video: string,
  { transcript, onSound, ...options }: SpeechOptions = {},
): Promise<Speech> {
  const given = typeof transcript === "string" ? await readTranscript(transcript) : transcript;
  const { timed, sentences: said } = withinPart(given ?? plainTranscript(""), options);
  const sentences = await embedSentences(clip, { timed, sentences: said });
  await using sound = await openSound(video, options);
  const track = sound && await trackSound(soundFrames(sound), sound.start, onSound);
  const cut = sentences.filter(({ cutAt }) => cutAt);
  const missing = [
    ...!given ? ["No words: there is no transcript."] : [],
    ...given && said.length === 0 ? ["No words: the transcript says nothing in this part."] : [],
    ...said.length > 0 && !timed ? ["No times of words: the transcript has none."] : [],
    ...cut.map(({ text, cutAt }) =>
      `Not all words of "${
        text.slice(0, 40)
      }…": it is longer than CLIP reads, and was cut at word ` +
      `${(cutAt?.index ?? 0) + 1}, "${cutAt?.word.slice(0, 40)}".`
    ),
    ...!track ? ["No sound: the video has none in this part."] : [],
    ...track && track.energy.every((decibels) => decibels <= -119)
      ? ["No voice: the sound is silence."]
      : [],
  ];
  return {
    sentences,
    timed,
    track,
    stored: sound?.stored,
    missing,
    voice(from, to) {
      const numbers = track && prosodyOf(track, from, to);
      return numbers && [...numbers];
    },
  };
}

/** The sentences that are said in a part of a video; all of those without times. */
function withinPart(
  { sentences, timed }: Transcript,
  { from = 0, to = Infinity }: SoundOptions,
): Transcript {
  const within = sentences.filter(({ start = from, end = Infinity }) => start < to && end > from);
  return { sentences: timed ? within : sentences, timed: timed && within.length > 0 };
}
