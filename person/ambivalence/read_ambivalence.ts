import { framesDuring } from "../../media/transcript/transcript.ts";
import type { Modality } from "../../model/conflict_fusion/sizes.ts";
import type { Observation } from "../observe.ts";
import { unitMeans } from "../unit_means.ts";
import {
  type AmbivalenceDecider,
  type AmbivalenceDecision,
  ambivalent,
  type FramedMoment,
  type MomentDecision,
  type SpokenParts,
} from "./decider.ts";
import { cutMoments, type MomentTimes } from "./moments.ts";

/** A unit in a moment. */
export interface MomentUnit {
  readonly prompt: string;
  /** The mean similarity of the face in the moment. */
  readonly present: number;
  /** By how much that is above the mean over the video. */
  readonly above: number;
}

/** A decision on a moment, and what speaks for it. */
export interface DecidedMoment extends FramedMoment, MomentDecision {
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

/** Units named of a moment. */
const mostUnits = 3;

/**
 * Reads whether somebody is of two minds, and where: the whole video and each moment of it are decided on from
 * what there is of face, words and voice. The features of the face are those that Action Units are read from.
 */
export async function readAmbivalence(
  decider: AmbivalenceDecider,
  { seen, units, readings: { prompts } }: Observation,
  parts: SpokenParts,
  seconds: number,
): Promise<AmbivalenceReading> {
  const times = seen.map((frame) => frame.seconds);
  const whole = await decider.decideWhole();
  const { moments, times: momentTimes } = cutMoments(parts.sentences, parts.timed, seconds);
  const means = unitMeans(units, prompts.length);
  const decided: DecidedMoment[] = [];
  for (const moment of moments) {
    const [first, last] = framesDuring({ start: moment.from, end: moment.to }, times);
    const decision = await decider.decideMoment({ ...moment, first, last });
    if (!decision) continue;
    const { without } = decision, names = Object.keys(without) as Modality[];
    decided.push({
      ...moment,
      ...decision,
      ...{ first, last },
      disagree: names.sort((a, b) => (without[a] ?? 1) - (without[b] ?? 1)).slice(0, 2),
      units: last < first ? { present: [], above: [] } : strongestUnits(
        prompts,
        unitMeans(units, prompts.length, first, last),
        means,
      ),
    });
  }
  const likely = decided.map(({ probabilities }) => probabilities[ambivalent] ?? 0);
  const strongest = decided.length === 0 ? undefined : likely.indexOf(Math.max(...likely));
  const frames = await decider.decideFrames?.() ?? seen.map((_, frame) => {
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
