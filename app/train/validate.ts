import type { Device } from "../../engine/mod.ts";
import type { PreparationSettings } from "../../train/prepare_samples.ts";
import type { Sample } from "../../train/sample.ts";
import { crossValidate } from "../../train/cross_validate.ts";
import type { TrainingData } from "../../train/train_head.ts";
import { countdown, say } from "../terminal/status_line.ts";
import type { TrainOptions } from "./options.ts";
import { scored, scoreLine, type TestedOn } from "./score_lines.ts";

/** What cross-validation tells of heads that are trained so. */
export interface Validated {
  /** The median of the epochs that the folds kept. */
  readonly epochs: number;
  readonly tested: readonly TestedOn[];
}

/** Cross-validates over people, and tells the scores. */
export async function validate(
  device: Device,
  samples: readonly Sample[],
  common: Pick<TrainingData, "sizes" | "texts">,
  preparation: PreparationSettings,
  { folds, seeds, share, settings }: TrainOptions & { readonly folds: number },
  signal: AbortSignal,
): Promise<Validated> {
  const drawn = Array.from({ length: seeds }, (_, i) => settings.seed + i);
  const { told, found, epochs } = await crossValidate(device, samples, common, {
    ...{ folds, seeds: drawn, share, training: settings, preparation },
  }, { signal, onHead: countdown(folds * seeds, "heads of the folds") });
  const sorted = epochs.toSorted((a, b) => a - b);
  const median = sorted[(sorted.length - 1) >> 1] ?? 1;
  const people = told[0]?.length ?? 0, enrolled = preparation.enrolled;
  say(
    `${folds} folds over ${people} people, ${
      seeds === 1 ? `seed ${settings.seed}` : `${seeds} seeds from ${settings.seed} on`
    }: each is tested by a head that neither learned from them nor was chosen by them. Means over ` +
      "people, in brackets 95 % of people drawn again:",
  );
  const heads = enrolled === undefined
    ? "people held out"
    : `people held out, enrolled by ${enrolled} ${enrolled === 1 ? "video" : "videos"}`;
  const tested = [
    scored(heads, told, samples, settings.seed),
    ...found ? [scored("people held out, rest found unasked", found, samples, settings.seed)] : [],
  ];
  for (const one of tested) console.log(scoreLine(one));
  return { epochs: median, tested };
}
