import { largestAt } from "../../train/metrics.ts";
import type { About } from "./about.ts";
import { type Analysis, percent } from "../../tta/analyse.ts";

/** An analysis in a few lines for people. */
export function summarise(video: string, analysis: Analysis, about: About): string {
  const { frames, seen, adaptation, abstained, units } = analysis, { classes, auPrompts } = about;
  const gaps = frames.length - seen.length;
  const lines = [
    `${video}: ${frames.length} frames, ${
      gaps === 0 ? "a face in each" : `${gaps} of them without the person's face`
    }`,
  ];
  if (!adaptation) return [...lines, `  no answer: ${abstained}`].join("\n");
  const { before, after, moved, steps } = adaptation;
  const told = (probabilities: Float32Array) =>
    classes.map((name, i) => `${name} ${percent(probabilities[i] ?? NaN)}`).join(", ");
  const answer = classes[largestAt(after.probabilities)];
  lines.push(abstained ? `  no answer: ${abstained}` : `  answer: ${answer}`);
  if (steps.length > 0) {
    lines.push(
      `  before adapting: ${told(before.probabilities)} (entropy ${before.entropy.toFixed(3)})`,
      `  after ${steps.length} steps: ${told(after.probabilities)} ` +
        `(entropy ${after.entropy.toFixed(3)}, prompts moved by ${moved.distance.toPrecision(2)})`,
    );
  } else {
    lines.push(`  not adapted: ${told(after.probabilities)} (entropy ${after.entropy.toFixed(3)})`);
  }
  const window = analysis.windows[after.start];
  const [from, to] = [seen[window?.first ?? 0], seen[window?.last ?? 0]];
  const stronger = strongest(analysis, auPrompts, units);
  lines.push(
    `  most certain from ${from?.seconds.toFixed(2)} s to ${to?.seconds.toFixed(2)} s` +
      (stronger.length > 0 ? `, stronger there than in the rest: ${stronger.join(", ")}` : ""),
    ...adaptation.warnings.map((warning) => `  warning: ${warning}`),
    `  ${about.clip.name}, ${about.head.path}, method ${about.settings?.mode ?? "none"}, ` +
      `seed ${about.settings?.seed ?? "none"}, ${about.adapter}, autt ${about.version}`,
  );
  return lines.join("\n");
}

/** The Action Units that stand out in the chosen window: its mean over the mean of all frames. */
function strongest(
  { adaptation, windows, seen }: Analysis,
  auPrompts: readonly string[],
  units: Float32Array,
): string[] {
  const window = windows[adaptation?.after.start ?? 0], count = auPrompts.length;
  const mean = (unit: number, first: number, last: number) => {
    let sum = 0;
    for (let frame = first; frame <= last; frame++) sum += units[frame * count + unit] ?? NaN;
    return sum / (last - first + 1);
  };
  return auPrompts.map((prompt, unit) => ({
    name: prompt.replaceAll("_", " "),
    above: mean(unit, window?.first ?? 0, window?.last ?? 0) - mean(unit, 0, seen.length - 1),
  })).filter(({ above }) => above > 0).sort((a, b) => b.above - a.above).slice(0, 3)
    .map(({ name, above }) => `${name} (+${above.toFixed(2)})`);
}
