import { type Device, Rng } from "../../engine/mod.ts";
import type { Parameters } from "../../model/dsfda/parameters.ts";
import { type DsfdaBatch, DsfdaTrainer } from "../../model/dsfda/trainer.ts";
import type { Optimizer } from "../../model/dsfda/training_step.ts";
import { drawPlaces } from "../pft/batches.ts";
import { sizesOf } from "./dsfda.ts";
import { colours, type Faces, takeFaces } from "./faces.ts";
import { pretrain } from "./pretrain.ts";
import {
  checkLosses,
  type DsfdaHooks,
  type DsfdaProgress,
  type EpochResult,
  noMoments,
} from "./progress.ts";
import type { DsfdaSettings } from "./settings.ts";
import type { DsfdaStage, EpochFaces } from "./stage.ts";

/** The progress before the first step. */
export function beginDsfda({ of }: DsfdaStage, start: Parameters): DsfdaProgress {
  const steps = { fc: 0, D_FR: 0, D_ER: 0, G_joint: 0 };
  const current = { parameters: new Map(start), moments: noMoments, steps };
  return {
    ...{ of, pretrained: 0, current, begun: start, best: start },
    ...{ bestEpoch: 0, history: [] },
    ...fresh,
  };
}

const fresh = { step: 0, sums: {} } as const;

/**
 * Trains DSFDA epoch by epoch. Every draw depends on the seed and the progress alone, so that a training
 * that is stopped and resumed ends with the same bits.
 *
 * @returns The last progress, whose `best` is what was learnt. Throws the signal's reason if stopped.
 */
export async function trainDsfda(
  device: Device,
  stage: DsfdaStage,
  from: DsfdaProgress,
  hooks: DsfdaHooks = {},
): Promise<DsfdaProgress> {
  const { signal, onStep, onEpoch, save } = hooks;
  const { settings } = stage, { side, noise } = sizesOf(from.begun);
  let progress = await pretrain(device, stage, from, hooks);
  using trainer = new DsfdaTrainer(device, progress.current, { ...settings, side, noise });
  while (!isDone(settings, progress)) {
    const { history, begun } = progress, epoch = history.length + 1;
    const faces = await stage.faces(begun, epoch);
    const steps = settings.steps ??
      Math.max(1, Math.floor(faces.identity.labels.length / settings.batch));
    const batches = drawBatches(faces, steps, settings, epoch);
    const slowed = slowedBy(settings, history);
    const sums = { ...progress.sums };
    for (let step = progress.step; step < steps; step++) {
      if (signal?.aborted) {
        await save?.({ ...progress, current: await trainer.state(), step, sums });
        throw signal.reason;
      }
      const losses = await trainer.step(batches(step), step, slowed);
      checkLosses(losses, `in epoch ${epoch}, step ${step + 1}`, settings.rate);
      const told = new Map([...losses, ["accuracy", trainer.accuracy]]);
      for (const [name, loss] of told) sums[name] = (sums[name] ?? 0) + loss / steps;
      onStep?.(epoch, step + 1, steps, told);
    }
    const current = await trainer.state(), { parameters } = current;
    const result = { losses: sums, ...await stage.judge(parameters) };
    const known = history[progress.bestEpoch - 1];
    const best = result.acceptable && (!known || stage.better(result, known));
    progress = {
      ...progress,
      current,
      begun: parameters,
      ...best ? { best: parameters, bestEpoch: epoch } : {},
      history: [...history, result],
      ...fresh,
    };
    await save?.(progress);
    onEpoch?.(epoch, result, best);
  }
  return progress;
}

/** Whether all epochs were done, or none was better for too long. */
function isDone(
  { epochs, patience }: DsfdaSettings,
  { history, bestEpoch }: DsfdaProgress,
): boolean {
  return history.length >= epochs || history.length - bestEpoch >= (patience ?? Infinity);
}

/** Batches in drawn orders of the epoch's faces, one order for each kind. */
function drawBatches(
  { identity, expression }: EpochFaces,
  steps: number,
  { batch, seed, most }: DsfdaSettings,
  epoch: number,
): (step: number) => DsfdaBatch {
  const rng = new Rng(new Rng(seed + 7919 * epoch).u32());
  const [whose, what] = [identity, expression].map(({ labels }) =>
    drawPlaces(labels.length, steps * batch, rng)
  ) as [number[], number[]];
  return (step) => {
    const taken = (faces: Faces, places: readonly number[]) =>
      takeFaces(faces, places.slice(step * batch, (step + 1) * batch));
    const f = taken(identity, whose), e = taken(expression, what);
    return {
      identity: colours(f.pixels, most),
      identities: Uint32Array.from(f.people),
      expression: colours(e.pixels, most),
      expressions: Uint32Array.from(e.labels),
    };
  };
}

/**
 * What the rates are multiplied by once the loss held out is at its plateau: a tenth after each
 * `plateau` epochs without a smaller one. The classifier's rate stays.
 */
export function slowedBy(
  { plateau = Infinity }: Pick<DsfdaSettings, "plateau">,
  history: readonly Pick<EpochResult, "held">[],
): { readonly [one in Optimizer]?: number } {
  let least = Infinity, worse = 0, factor = 1;
  for (const { held: { loss } } of history) {
    // As PyTorch counts: smaller by less than a ten-thousandth is not smaller.
    if (loss < least * (1 - 1e-4)) [least, worse] = [loss, 0];
    else if (++worse > plateau) [factor, worse] = [factor / 10, 0];
  }
  return { D_FR: factor, D_ER: factor, G_joint: factor };
}
