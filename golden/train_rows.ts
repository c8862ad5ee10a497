import { readHeadParameters } from "../model/clip_au/head_parameters.ts";
import { freshState, HeadTrainer } from "../train/head_trainer.ts";
import type { Computed, GoldenModel } from "./golden_model.ts";

/** The settings of the authors' training. */
const settings = { rate: 1e-3, decay: 1e-4 };

/** A trainer with the set's own head for a batch size. */
export async function goldenTrainer(
  model: GoldenModel,
  batch: number,
  frames: number,
): Promise<HeadTrainer> {
  const head = await readHeadParameters(model.file, "head.");
  const texts = await model.prompts.encode(await model.ids("text.base_au.ids"));
  const { sizes } = head;
  const trainer = await HeadTrainer.open(model.device, {
    sizes,
    texts,
    batch,
    frames,
    ...settings,
  });
  trainer.write(freshState(head));
  return trainer;
}

/** Some steps of training on all clips, `features` `[B, T, d]`. */
export async function computeTrainRows(
  model: GoldenModel,
  features: Float32Array<ArrayBuffer>,
  clips: number,
): Promise<Computed> {
  const rows: Computed = new Map(), [steps] = model.shapeOf("train.loss");
  if (steps === undefined || !model.has("text.base_au.ids")) return rows;
  const frames = features.length / clips / model.config.embedding;
  using trainer = await goldenTrainer(model, clips, frames);
  const labels = Uint32Array.from(await model.row("train.labels"));
  const losses: number[] = [], logits: number[] = [];
  for (let step = 1; step <= steps; step++) {
    const result = await trainer.step({ features, labels });
    losses.push(result.loss);
    logits.push(...result.logits);
    if (step === 1) {
      for (const [name, numbers] of await trainer.gradients()) {
        rows.set(`train.grad.${name}`, numbers);
      }
    }
    const { head } = await trainer.read();
    for (const [name, numbers] of head.numbers) rows.set(`train.step${step}.${name}`, numbers);
  }
  rows.set("train.loss", losses);
  rows.set("train.logits", logits);
  return rows;
}
