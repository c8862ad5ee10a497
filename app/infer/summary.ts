import { unitLabel } from "../../model/clip_au/facs.ts";
import { largestAt } from "../../numbers/vectors.ts";
import type { About } from "./about.ts";
import { type Analysis, percent } from "../../person/analyse.ts";
import type { RestSource } from "../../person/centring.ts";
import { summariseUnits } from "./summarise_units.ts";
import { unitMeans } from "../../person/unit_means.ts";
import type { VideoAnswer } from "../../person/video_decider.ts";

/** Summarises an analysis in a few lines. */
export function summarise(video: string, analysis: Analysis, about: About): string {
  const { frames, seen, adaptation, abstained } = analysis, { classes } = about;
  const gaps = frames.length - seen.length;
  const lines = [
    `${video}: ${frames.length} frames, ${
      gaps === 0 ? "a face in each" : `${gaps} of them without the person's face`
    }`,
  ];
  const { watched } = analysis;
  if (watched && watched.of > 1) {
    lines.push(
      `  person ${watched.person} of ${watched.of}, with ${
        percent(watched.share)
      } of all faces by ` +
        "size and place: --person N or --all for others",
    );
  }
  const { name, precision } = about.clip;
  const kept = precision === "f16" ? ` with weights as ${precision}` : "";
  const made = `  ${name}${kept}, ${about.head?.path ?? "no head"}, ${methodOf(about)}, ` +
    `${about.adapter}, autt ${about.version}`;
  if (!adaptation) {
    const units = seen.length > 0 ? summariseUnits(analysis) : [];
    const claim = abstained === undefined
      ? "no head: no expression is claimed"
      : `no answer: ${abstained}`;
    return [...lines, `  ${claim}`, ...units, made].join("\n");
  }
  const { before, after, moved, steps } = adaptation;
  const told = ({ probabilities, entropy }: VideoAnswer, more = "") =>
    classes.map((name, i) => `${name} ${percent(probabilities[i] ?? NaN)}`).join(", ") +
    ` (entropy ${entropy.toFixed(3)}${more})`;
  const answer = classes[largestAt(after.probabilities)];
  lines.push(abstained ? `  no answer: ${abstained}` : `  answer: ${answer}`);
  if (steps.length > 0) {
    const far = moved ? `, prompts moved by ${moved.distance.toPrecision(2)}` : "";
    lines.push(
      `  before adapting: ${told(before)}`,
      `  after ${steps.length} steps: ${told(after, far)}`,
    );
  } else if (about.base !== undefined) {
    lines.push(
      `  before adapting (${about.base}): ${told(before)}`,
      `  after adapting: ${told(after)}`,
    );
  } else {
    const how = about.adaptedBefore ? "adapted when they were enrolled" : "not adapted";
    lines.push(`  ${how}: ${told(after)}`);
  }
  if (analysis.rest) lines.push(...aboutRest(analysis.rest));
  if (!about.trained) {
    lines.push(
      "  zero-shot, not trained: the probabilities are CLIP's own, and nobody has calibrated them",
    );
  }
  const window = analysis.windows[after.start];
  const [from, to] = [seen[window?.first ?? 0], seen[window?.last ?? 0]];
  const times = `from ${from?.seconds.toFixed(2)} s to ${to?.seconds.toFixed(2)} s`;
  const units = about.whole ? risen(analysis, about) : strongest(analysis, about);
  const [first, kind] = about.whole
    ? ["decided on all frames", "at its strongest"]
    : ["most certain", "stronger there than in the rest"];
  lines.push(
    `  ${first} ${times}${units.length > 0 ? `, ${kind}: ${units.join(", ")}` : ""}`,
    ...adaptation.warnings.map((warning) => `  warning: ${warning}`),
    ...summariseUnits(analysis),
    made,
  );
  return lines.join("\n");
}

/** Where the resting face came from, if it was found. */
function aboutRest(rest: RestSource): string[] {
  return rest.from === "found" ? [`  ${tellFoundRest(rest)}`] : [];
}

/** That the resting face was found, in a sentence. */
export function tellFoundRest({ frames }: Extract<RestSource, { from: "found" }>): string {
  return `resting face: nobody is enrolled, so it was found in the calmest quarter of ${frames} frames`;
}

function methodOf({ method, sources }: About): string {
  if (method && method.seed === undefined) {
    return `method ${method.mode}${sources ? ` with ${sources.people} people` : ""}`;
  }
  return `method ${method?.mode ?? "none"}, seed ${method?.seed ?? "none"}`;
}

/** The Action Units whose mean in the chosen window exceeds their mean over all frames the most. */
function strongest(analysis: Analysis, { auPrompts }: About): string[] {
  const { adaptation, windows } = analysis, window = windows[adaptation?.after.start ?? 0];
  const { units } = analysis, count = auPrompts.length;
  const chosen = unitMeans(units, count, window?.first, window?.last),
    all = unitMeans(units, count);
  return mostAbove(auPrompts.map((prompt, unit) => ({
    prompt,
    above: (chosen[unit] ?? NaN) - (all[unit] ?? NaN),
  }))).map(({ name, above }) => `${name} (+${above.toFixed(2)})`);
}

/** The Action Units whose peak exceeds their mean over all frames the most, with the peak's time. */
function risen(analysis: Analysis, { auPrompts }: About): string[] {
  const { seen, units } = analysis, means = unitMeans(units, auPrompts.length);
  return mostAbove(auPrompts.map((prompt, unit) => {
    const frames = seen.map((_, frame) => units[frame * auPrompts.length + unit] ?? NaN);
    const at = largestAt(frames), above = (frames[at] ?? NaN) - (means[unit] ?? NaN);
    return { prompt, above, seconds: seen[at]?.seconds ?? NaN };
  })).map(({ name, above, seconds }) =>
    `${name} (+${above.toFixed(2)} at ${seconds.toFixed(2)} s)`
  );
}

/** The three largest excesses, with readable names. */
function mostAbove<U extends { readonly prompt: string; readonly above: number }>(
  units: readonly U[],
): (U & { readonly name: string })[] {
  return units.map((unit) => ({ ...unit, name: unitLabel(unit.prompt) }))
    .filter(({ above }) => above > 0).sort((a, b) => b.above - a.above).slice(0, 3);
}
