import type { PersonFeatures } from "../../demo/dataset/drawn_features.ts";
import { classes, labelOf } from "../../demo/dataset/cast.ts";
import { demoHead, demoPlainHead } from "../../demo/model.ts";
import type { Clip } from "../../model/clip/clip.ts";
import { ClipAu } from "../../model/clip_au/clip_au.ts";
import { loadHead } from "../../model/clip_au/load_head.ts";
import { largestAt } from "../../numbers/vectors.ts";
import { type MethodEntry, methods } from "../../tta/methods/mod.ts";

/** The methods that decide, with the head of each; `enrolled` is told three resting clips. */
export const decidedBy: readonly (readonly [string, string])[] = [
  ["clip-au", demoPlainHead],
  ["enrolled", demoHead],
  ["paper", demoPlainHead],
  ["subject", demoPlainHead],
];

/** How many of a person's first neutral clips enroll them; all others are decided on. */
const enrolling = 3;

/** A person's features: of the clips that are decided on, and of those that enroll them. */
export interface SeenPerson {
  readonly clips: PersonFeatures;
  readonly resting: PersonFeatures;
}

/** The probability of pain for every clip of all people, in order. */
export async function decide(
  clip: Clip,
  [name, headPath]: readonly [string, string],
  people: readonly SeenPerson[],
): Promise<number[]> {
  const entry = methods.find((one) => one.name === name) as MethodEntry;
  // The demo's heads name its CLIP, whose projection this one has not to the last bit.
  const head = { ...await loadHead(headPath), clip: undefined };
  using model = await ClipAu.open(clip.device, clip, head);
  using method = await entry.open({
    ...{ device: clip.device, clip, model, classes, sources: [], draw: 0 },
  });
  const found: number[] = [];
  for (const [number, { clips, resting }] of people.entries()) {
    const named = (features: Float32Array, i: number) => ({
      id: `${number}/${i}`,
      features: () => Promise.resolve(features),
    });
    const shown = clips.map(named);
    const rest = entry.needs.includes("resting") ? resting.map(named) : undefined;
    await method.begin({ subject: `${number}`, clips: shown, resting: rest });
    for (const one of shown) found.push((await method.decide(one)).probabilities[1] ?? NaN);
  }
  return found;
}

/** Parts a person's clips; with the labels of those that are decided on. */
export function part(clips: PersonFeatures): SeenPerson & { readonly labels: readonly number[] } {
  const neutral = [...clips.keys()].filter((i) => labelOf(i) === 0).slice(0, enrolling);
  const others = [...clips.keys()].filter((i) => !neutral.includes(i));
  const of = (numbers: readonly number[]) => numbers.map((i) => clips[i] as PersonFeatures[number]);
  return { clips: of(others), resting: of(neutral), labels: others.map(labelOf) };
}

/** How two lists of probabilities of pain differ, and how often each is right. */
export function compareDecisions(
  exact: readonly number[],
  half: readonly number[],
  labels: readonly number[],
) {
  const decided = (p: number) => largestAt([1 - p, p]);
  const right = (found: readonly number[]) =>
    found.filter((p, i) => decided(p) === labels[i]).length;
  return {
    clips: labels.length,
    right: { exact: right(exact), half: right(half) },
    changed: exact.filter((p, i) => decided(p) !== decided(half[i] ?? NaN)).length,
    most: Math.max(...exact.map((p, i) => Math.abs(p - (half[i] ?? NaN)))),
  };
}
