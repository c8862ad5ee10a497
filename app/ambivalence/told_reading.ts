import type { ClipName } from "../../model/clip/clip.ts";
import { unitLabel } from "../../model/clip_au/facs.ts";
import type { Modality } from "../../model/conflict_fusion/sizes.ts";
import { largestAt } from "../../numbers/vectors.ts";
import { type Analysis, percent } from "../../person/analyse.ts";
import type {
  AmbivalenceReading,
  DecidedMoment,
} from "../../person/ambivalence/read_ambivalence.ts";
import type { RestSource } from "../../person/centring.ts";
import type { Transcript } from "../../media/transcript/transcript.ts";

/** Everything that outputs tell of a video. */
export interface ToldReading {
  readonly video: string;
  readonly classes: readonly string[];
  /** Undefined where nothing could be decided on. */
  readonly reading: AmbivalenceReading | undefined;
  /** Why there is no answer; undefined if there is one. */
  readonly abstained: string | undefined;
  /** What was seen, with Action Units. */
  readonly analysis: Analysis;
  readonly transcript: Transcript | undefined;
  /** Where sentences were cut, since CLIP reads 77 tokens of each. */
  readonly warnings: readonly string[];
  /** What there was of face, words and voice, and what not and why, in sentences. */
  readonly parts: readonly string[];
  /** Where the resting face came from that the face was taken relative to. */
  readonly rest: RestSource;
  readonly made: {
    readonly version: string;
    readonly adapter: string;
    readonly schedule: string;
    readonly clip: ClipName;
    readonly head: { readonly path: string; readonly people: number; readonly clips: number };
  };
}

/** Modalities in words. */
export const modalityNames: Readonly<Record<Modality, string>> = {
  video: "face",
  text: "words",
  audio: "voice",
};

const ambivalent = 1;

/** The probability of ambivalence. */
export const likelihood = ({ probabilities }: { readonly probabilities: readonly number[] }) =>
  probabilities[ambivalent] ?? NaN;

/** The moment where ambivalence is likeliest. */
export function strongestMoment({ moments, strongest }: AmbivalenceReading) {
  return strongest === undefined ? undefined : moments[strongest];
}

/** What is said in a moment. */
export const wordsOf = ({ sentences }: DecidedMoment) =>
  sentences.map(({ text }) => text).join(" ");

/** What disagrees in a moment, and what becomes of the decision without it. */
export function tellDisagreement(moment: DecidedMoment): string {
  const { disagree, without } = moment;
  if (disagree.length < 2) {
    return "only one of face, words and voice is known: nothing can disagree";
  }
  const less = disagree.map((name) =>
    `${percent(without[name] ?? NaN)} without the ${modalityNames[name]}`
  );
  return `${disagree.map((name) => modalityNames[name]).join(" against ")}: ${
    percent(likelihood(moment))
  }, but ${less.join(" and ")}`;
}

/** What the face shows in a moment, and what of it is more than in the rest; undefined without a face. */
export function tellUnits({ units: { present, above } }: DecidedMoment): string | undefined {
  if (present.length === 0) return undefined;
  const list = (units: typeof present, told: (unit: typeof present[number]) => string) =>
    units.map((unit) => `${unitLabel(unit.prompt)} (${told(unit)})`).join(", ");
  const more = list(above, (unit) => `+${unit.above.toFixed(2)}`);
  return `${list(present, (unit) => unit.present.toFixed(2))}${
    more === "" ? "" : `; more than in the rest: ${more}`
  }`;
}

/** The answer in a few words. */
export function tellAnswer({ reading, abstained, classes }: ToldReading): string {
  if (abstained !== undefined || !reading) return `no answer: ${abstained}`;
  const { answer, whole } = reading, { probabilities } = answer, at = largestAt(probabilities);
  const by = answer === whole
    ? ""
    : `, by its strongest moment; the whole video as one has ${percent(likelihood(whole))}`;
  return `${classes[at]} (${percent(probabilities[at] ?? NaN)}${by})`;
}

/** Tells a reading in a few lines. */
export function summariseAmbivalence(told: ToldReading): string {
  const { video, reading, parts, made, warnings } = told;
  const lines = [`${video}: ${tellAnswer(told)}`, ...parts.map((part) => `  ${part}`)];
  const moment = reading && strongestMoment(reading);
  if (reading && moment) {
    const { from, to } = moment, words = wordsOf(moment), units = tellUnits(moment);
    lines.push(
      `  likeliest from ${from.toFixed(1)} s to ${to.toFixed(1)} s: ${percent(likelihood(moment))}${
        reading.times === "of the transcript" ? "" : ` (times are ${reading.times})`
      }`,
      ...words === "" ? [] : [`    words: "${words}"`],
      ...units === undefined ? [] : [`    face: ${units}`],
      `    ${tellDisagreement(moment)}`,
    );
  }
  lines.push(
    ...warnings.map((one) => `  warning: ${one}`),
    `  ${made.clip.name}, ${made.head.path} (trained on ${made.head.clips} videos of ` +
      `${made.head.people} people), ${made.adapter}, autt ${made.version}`,
  );
  return lines.join("\n");
}
