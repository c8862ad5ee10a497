import { largestAt } from "../../numbers/vectors.ts";
import { batchMoments, consistency, crossEntropy } from "../../tta/pft/losses.ts";
import type { GoldenSet } from "../golden_set.ts";
import type { GoldenReport } from "../report.ts";
import { comparePart, numbersIn, readNumbers, type Rows } from "./pft_set.ts";
import {
  gramMatrices,
  gramStyle,
  momentLoss,
  pairStyle,
  releasedDivergence,
  rowStyle,
  softTargets,
} from "./released_losses.ts";

/** Compares every loss of the release, the forms that it meant, and that of latent PFT. */
export async function compareLosses(set: GoldenSet, report: GoldenReport): Promise<void> {
  using file = await set.tensors("losses_inputs.safetensors");
  const inputs = await readNumbers(file), rows: Rows = new Map();
  const of = (name: string) => numbersIn(inputs, name);
  const shapeOf = (name: string) => file.tensors.get(name)?.shape ?? [];
  /** A row for a loss, and one for each gradient. */
  const put = (name: string, value: number, gradients: Readonly<Record<string, Float64Array>>) => {
    rows.set(name, [value]);
    for (const [by, gradient] of Object.entries(gradients)) {
      rows.set(`${name}.d_${by}`, gradient);
    }
  };

  let style = 0;
  for (let layer = 0; inputs.has(`map_a${layer}`); layer++) {
    const [a, b] = [`map_a${layer}`, `map_b${layer}`] as const;
    const [, channels = 1, height = 1, width = 1] = shapeOf(a);
    rows.set(`gram.${a}`, gramMatrices(of(a), channels, height * width));
    const { value, byFirst, bySecond } = gramStyle(of(a), of(b), channels, height * width);
    style += value;
    put("gram_style", style, { [a]: byFirst, [b]: bySecond });
  }

  const [, , height = 1, width = 1] = shapeOf("map_a0"), dimensions = shapeOf("feat_a")[1] ?? 1;
  for (
    const [stats, name, a, b, size] of [
      ["stats4", "meanvar_style.maps", "map_a0", "map_b0", height * width],
      ["stats2", "meanvar_style.vectors", "feat_a", "feat_b", dimensions],
    ] as const
  ) {
    const each = Array.from(
      { length: of(a).length / size },
      (_, row) => batchMoments(of(a).subarray(row * size, (row + 1) * size), 1),
    );
    rows.set(`${stats}.mu`, each.flatMap(({ mean }) => [...mean]));
    rows.set(`${stats}.var`, each.flatMap(({ variance }) => [...variance]));
    const { value, byFirst, bySecond } = rowStyle(of(a), of(b), size);
    put(name, value, { [a]: byFirst, [b]: bySecond });
  }
  const moment = momentLoss(of("feat_a"), of("feat_b"), dimensions);
  put("moment", moment.value, { feat_a: moment.byFirst, feat_b: moment.bySecond });
  const latent = pairStyle(of("feat_a"), of("feat_c"), dimensions);
  put("latent_style", latent.value, { feat_a: latent.byFirst, feat_c: latent.bySecond });

  const [frozen, logits, positive] = [of("logit_p1"), of("logit_p2"), of("logit_pos")];
  const classes = shapeOf("logit_p1")[1] ?? 1;
  const called = (of: Float64Array) =>
    Array.from(
      { length: of.length / classes },
      (_, row) => largestAt(of.subarray(row * classes, (row + 1) * classes)),
    );
  const squares = consistency(logits, frozen);
  put("emotion_mse.released", squares.value, {
    logit_p1: consistency(frozen, logits).gradient,
    logit_p2: squares.gradient,
  });
  put("emotion_mse.intended", squares.value, { logit_p2: squares.gradient });
  const releasedEntropy = crossEntropy(frozen, called(logits), classes);
  put("emotion_ce.released", releasedEntropy.value, { logit_p1: releasedEntropy.gradient });
  const hard = crossEntropy(logits, called(frozen), classes);
  put("emotion_ce.intended_hard", hard.value, { logit_p2: hard.gradient });
  const soft = softTargets(frozen, logits, classes);
  put("emotion_ce.intended_soft", soft.crossEntropy.value, {
    logit_p2: soft.crossEntropy.gradient,
  });
  put("emotion_kl.intended", soft.divergence.value, { logit_p2: soft.divergence.gradient });
  const raw = releasedDivergence(frozen, logits, classes);
  put("emotion_kl.released", raw.value, { logit_p1: raw.byFirst, logit_p2: raw.bySecond });
  const { value, byFirst, bySecond } = releasedDivergence(frozen, positive, classes);
  put("emotion_kl.released_positive", value, { logit_p1: byFirst, logit_pos: bySecond });
  const labelled = crossEntropy(logits, of("labels"), classes);
  put("ce_labels", labelled.value, { logit_p2: labelled.gradient });
  await comparePart(set, "losses", rows, report);
}
