import type { Clip } from "../model/clip/clip.ts";
import { auPrompts } from "../model/clip_au/au_prompts.ts";
import { neutralMean } from "../model/clip_au/neutral.ts";
import { unitsByFrame } from "../model/clip_au/units_by_frame.ts";
import { rankArea, type Ranked } from "../numbers/scores/ranking.ts";
import { average } from "../numbers/vectors.ts";
import { aboveUsual, readUnits } from "../person/unit_readings.ts";
import { castClip, castPerson, labelOf, type Role } from "./dataset/cast.ts";
import { drawnFeatures } from "./dataset/drawn_features.ts";
import { promptStrengths } from "./drawing/controls.ts";

/** From this strength on, a unit counts as present. */
const leastPresent = .5;

/** More than a person's own rest by this much counts as change. */
const leastChange = .3;

/** How many clips at rest a person is enrolled with. */
const enrolledClips = 3;

/** How well readings tell what a face shows, as areas under ROC curves that are pooled over people. */
export interface UnitArea {
  readonly prompt: string;
  /** Similarity, of whether the unit is present: strong, whatever the resting face is like. */
  readonly present: number;
  /** Whether it is stronger than in the person's resting face, told by each of these. */
  readonly change: {
    readonly similarity: number;
    readonly moreThanUsual: number;
    /** The same with half of the mean of all clips, for people who are not enrolled. */
    readonly moreThanMean: number;
    readonly aboveRest: number;
  };
  /** Frames in which it is present, and in which it is stronger than at rest. */
  readonly frames: { readonly present: number; readonly change: number };
}

/** Frames of one person by their readings, and what they truly show. */
interface Read {
  readonly readings: Readonly<
    Record<"similarity" | "moreThanUsual" | "moreThanMean" | "aboveRest", Float32Array>
  >;
  /** `[N][A]` */
  readonly strengths: readonly (readonly number[])[];
  /** `[A]` */
  readonly rest: readonly number[];
}

/**
 * Draws people's clips, reads their units in all that are not used to enroll them, and compares with what
 * was drawn. One threshold must do for all people, so their frames are ranked together.
 */
export async function unitAreas(
  clip: Clip,
  roles: readonly Role[],
  folder: string,
  options: Parameters<typeof drawnFeatures>[3] = {},
): Promise<UnitArea[]> {
  const texts = await clip.encodeTexts(auPrompts), width = clip.config.embedding;
  const people = await drawnFeatures(clip, roles, folder, options);
  const read = people.map((clips, i): Read => {
    const role = roles[i] as Role, person = castPerson(role);
    const calm = clips.filter((_, n) => labelOf(n) === 0).slice(0, enrolledClips);
    const tested = clips.flatMap((features, n) => calm.includes(features) ? [] : [{ features, n }]);
    const units = Float32Array.from(
      tested.flatMap(({ features }) => [...unitsByFrame(features, texts, width)]),
    );
    const { mean } = neutralMean(calm, width);
    const enrolled = readUnits(units, auPrompts, unitsByFrame(mean, texts, width));
    return {
      readings: {
        similarity: units,
        moreThanUsual: enrolled.moreThanUsual,
        moreThanMean: readUnits(units, auPrompts).moreThanUsual,
        aboveRest: aboveUsual(enrolled),
      },
      strengths: tested.flatMap(({ n }) =>
        castClip(role, person, n).expressions.map((expression) => promptStrengths(expression))
      ),
      rest: promptStrengths(person.rest),
    };
  });
  return auPrompts.map((prompt, unit) => areaOf(prompt, unit, read));
}

function areaOf(prompt: string, unit: number, people: readonly Read[]): UnitArea {
  const ranked = (
    reading: keyof Read["readings"],
    positive: (strength: number, rest: number) => boolean,
  ): Ranked[] =>
    people.flatMap(({ readings, strengths, rest }) =>
      strengths.map((shown, frame) => ({
        score: readings[reading][frame * auPrompts.length + unit] ?? NaN,
        positive: positive(shown[unit] ?? NaN, rest[unit] ?? NaN),
      }))
    );
  const present = ranked("similarity", (strength) => strength > leastPresent);
  const change = (reading: keyof Read["readings"]) =>
    ranked(reading, (strength, rest) => strength - rest > leastChange);
  const positives = (some: readonly Ranked[]) => some.filter(({ positive }) => positive).length;
  return {
    prompt,
    present: rankArea(present),
    change: {
      similarity: rankArea(change("similarity")),
      moreThanUsual: rankArea(change("moreThanUsual")),
      moreThanMean: rankArea(change("moreThanMean")),
      aboveRest: rankArea(change("aboveRest")),
    },
    frames: { present: positives(present), change: positives(change("similarity")) },
  };
}

/** Means over the units that are shown often enough to be ranked. */
export function meanAreas(areas: readonly UnitArea[], least = 50) {
  const shown = areas.filter(({ frames }) => frames.present >= least);
  const changed = areas.filter(({ frames }) => frames.change >= least);
  const mean = (of: (area: UnitArea) => number, some: readonly UnitArea[]) => average(some.map(of));
  return {
    units: { present: shown.length, change: changed.length },
    present: mean(({ present }) => present, shown),
    change: {
      similarity: mean(({ change }) => change.similarity, changed),
      moreThanUsual: mean(({ change }) => change.moreThanUsual, changed),
      moreThanMean: mean(({ change }) => change.moreThanMean, changed),
      aboveRest: mean(({ change }) => change.aboveRest, changed),
    },
  };
}
