import type { EmbeddedSentence } from "../../media/transcript/embed_sentences.ts";
import { framesDuring } from "../../media/transcript/transcript.ts";
import type { KnownClip } from "../../model/conflict_fusion/clip_batch.ts";
import type { ConflictHead } from "../../model/conflict_fusion/conflict_file.ts";
import type { ConflictReader } from "../../model/conflict_fusion/conflict_reader.ts";
import type { Modality } from "../../model/conflict_fusion/sizes.ts";
import { onScale } from "../../model/conflict_fusion/voice_scale.ts";
import { meanDirection, meanOf, unit } from "../../numbers/vectors.ts";
import type { Observation } from "../observe.ts";
import { unitMeans } from "../unit_means.ts";
import { cutMoments, type Moment, type MomentTimes } from "./moments.ts";

/** Numbers about the voice in a stretch of a video; undefined where nothing can be heard in it. */
export type VoiceOf = (from: number, to: number) => readonly number[] | undefined;

/** What a video holds beside its frames. */
export interface SpokenParts {
  readonly sentences: readonly EmbeddedSentence[];
  /** Whether all sentences have times. */
  readonly timed: boolean;
  readonly voice?: VoiceOf | undefined;
}

/** A decision on the whole video or on a moment of it. */
export interface AmbivalenceDecision {
  /** Of the classes. */
  readonly probabilities: readonly number[];
  /** By the words alone, where there are some and the head has learnt from words. */
  readonly words?: readonly number[] | undefined;
  /** What it was decided from. */
  readonly uses: readonly Modality[];
}

/** A unit in a moment. */
export interface MomentUnit {
  readonly prompt: string;
  /** The mean similarity of the face in the moment. */
  readonly present: number;
  /** By how much that is above the mean over the video. */
  readonly above: number;
}

/** A decision on a moment, and what speaks for it. */
export interface DecidedMoment extends Moment, AmbivalenceDecision {
  /** The first and the last frame with a face, among those; the last is before the first where there is none. */
  readonly first: number;
  readonly last: number;
  /** The probability of ambivalence if one of these were not known. */
  readonly without: Readonly<Partial<Record<Modality, number>>>;
  /** The two that the decision rests on most: without either, ambivalence is least likely. */
  readonly disagree: readonly Modality[];
  /** The most similar units, and those that are most above the rest of the video. */
  readonly units: {
    readonly present: readonly MomentUnit[];
    readonly above: readonly MomentUnit[];
  };
}

/** What a video tells about being of two minds. */
export interface AmbivalenceReading {
  /**
   * The answer: that of the whole video or of its strongest moment, whichever finds ambivalence likelier. A video
   * is ambivalent where any part of it is, and a moment is lost in the mean over a video.
   */
  readonly answer: AmbivalenceDecision;
  /** The whole video as one. */
  readonly whole: AmbivalenceDecision;
  readonly moments: readonly DecidedMoment[];
  readonly times: MomentTimes;
  /** The place of the moment where ambivalence is likeliest; undefined where nothing could be decided on. */
  readonly strongest: number | undefined;
  /** `[N]`: the probability of ambivalence in each frame with a face: that of its moment, else of the video. */
  readonly frames: readonly number[];
}

/** Ambivalence is the second class. */
const ambivalent = 1;

/** Units named of a moment. */
const mostUnits = 3;

/**
 * Reads whether somebody is of two minds, and where: the whole video and each moment of it are decided on from
 * what there is of face, words and voice. The features of the face are those that Action Units are read from.
 */
export async function readAmbivalence(
  reader: ConflictReader,
  { voice: scale, wordsShare }: Pick<ConflictHead, "voice" | "wordsShare">,
  { seen, features, units, readings: { prompts } }: Observation,
  parts: SpokenParts,
  seconds: number,
): Promise<AmbivalenceReading> {
  const times = seen.map((frame) => frame.seconds), width = features.length / (seen.length || 1);
  const used = new Set(reader.sizes.modalities.map(({ name }) => name));
  const know = (
    from: number,
    to: number,
    first: number,
    last: number,
    said: readonly EmbeddedSentence[],
  ) => {
    const rows = features.subarray(first * width, (last + 1) * width);
    const voice = parts.voice?.(from, to);
    const known: KnownClip = {
      ...used.has("video") && last >= first && { video: meanDirection(rows, width) },
      ...used.has("text") && said.length > 0 &&
        { text: unit(meanOf(said.map((one) => unit(one.features)))) },
      ...used.has("audio") && voice && { audio: voice },
    };
    return onScale(known, scale);
  };
  const decide = async (clips: readonly KnownClip[]): Promise<AmbivalenceDecision[]> =>
    (await reader.decide(clips, wordsShare)).map(({ probabilities, words }, i) => ({
      probabilities,
      words,
      uses: Object.keys(clips[i] ?? {}).filter((name) =>
        clips[i]?.[name as Modality] !== undefined
      ) as Modality[],
    }));
  const [whole] = await decide([
    know(0, seconds, 0, seen.length - 1, parts.sentences),
  ]) as [AmbivalenceDecision];
  const { moments, times: momentTimes } = cutMoments(parts.sentences, parts.timed, seconds);
  const means = unitMeans(units, prompts.length);
  const decided: DecidedMoment[] = [];
  for (const moment of moments) {
    const { from, to, sentences } = moment;
    const [first, last] = framesDuring({ start: from, end: to }, times);
    const known = know(from, to, first, last, sentences), names = Object.keys(known) as Modality[];
    if (names.length === 0) continue;
    const lesser = names.length > 1 ? names.map((name) => ({ ...known, [name]: undefined })) : [];
    const [all, ...less] = await decide([known, ...lesser]) as [
      AmbivalenceDecision,
      ...AmbivalenceDecision[],
    ];
    const without = Object.fromEntries(
      less.map(({ probabilities }, i) => [names[i], probabilities[ambivalent] ?? NaN]),
    ) as DecidedMoment["without"];
    decided.push({
      ...moment,
      ...all,
      ...{ first, last, without },
      disagree: names.filter((name) => without[name] !== undefined)
        .sort((a, b) => (without[a] ?? 1) - (without[b] ?? 1)).slice(0, 2),
      units: last < first ? { present: [], above: [] } : strongestUnits(
        prompts,
        unitMeans(units, prompts.length, first, last),
        means,
      ),
    });
  }
  const likely = decided.map(({ probabilities }) => probabilities[ambivalent] ?? 0);
  const strongest = decided.length === 0 ? undefined : likely.indexOf(Math.max(...likely));
  const frames = seen.map((_, frame) => {
    const at = decided.findIndex(({ first, last }) => first <= frame && frame <= last);
    return likely[at] ?? whole.probabilities[ambivalent] ?? NaN;
  });
  const moment = decided[strongest ?? -1];
  const answer =
    moment && likely[strongest ?? -1] as number > (whole.probabilities[ambivalent] ?? 0)
      ? moment
      : whole;
  return { answer, whole, moments: decided, times: momentTimes, strongest, frames };
}

function strongestUnits(
  prompts: readonly string[],
  moment: ArrayLike<number>,
  all: ArrayLike<number>,
): DecidedMoment["units"] {
  const read = prompts.map((prompt, i): MomentUnit => {
    const present = moment[i] ?? NaN;
    return { prompt, present, above: present - (all[i] ?? NaN) };
  });
  const most = (key: "present" | "above") =>
    read.toSorted((a, b) => b[key] - a[key]).slice(0, mostUnits);
  return { present: most("present"), above: most("above").filter(({ above }) => above > 0) };
}
