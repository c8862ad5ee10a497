import { type Device, Rng } from "../../engine/mod.ts";
import type { Parameters } from "../../model/dsfda/parameters.ts";
import { type DsfdaBatch, type DsfdaState, DsfdaTrainer } from "../../model/dsfda/trainer.ts";
import type { Optimizer } from "../../model/dsfda/training_step.ts";
import { drawPlaces } from "../pft/batches.ts";
import { sizesOf } from "./dsfda.ts";
import type { Told } from "./face_classifier.ts";
import { colours, type Faces, takeFaces } from "./faces.ts";
import type { DsfdaSettings } from "./settings.ts";

/** The faces of an epoch: those whose identities are learnt, and those whose expressions are. */
export interface EpochFaces {
  readonly identity: Faces;
  readonly expression: Faces;
}

/** How an epoch went. */
export interface EpochResult {
  /** The means over its steps. */
  readonly losses: Readonly<Record<string, number>>;
  /** Of the faces held out. */
  readonly held: Pick<Told, "accuracy" | "loss">;
  /** Whether these parameters may be kept: false where they collapsed. */
  readonly acceptable: boolean;
}

/** What the two stages do each in their own way. */
export interface DsfdaStage {
  readonly settings: DsfdaSettings;
  /** Settings and data, which must be the same to resume, as text to compare. */
  readonly of: string;
  /** The faces of an epoch, which may be made by the generator as it is at its beginning. */
  faces(parameters: Parameters, epoch: number): Promise<EpochFaces> | EpochFaces;
  /** Judges parameters at the end of an epoch. */
  judge(parameters: Parameters): Promise<Pick<EpochResult, "held" | "acceptable">>;
  /** Whether a result is better than another. */
  better(result: EpochResult, than: EpochResult): boolean;
}

/** Everything that resuming a training takes. */
export interface DsfdaProgress {
  readonly of: string;
  readonly current: DsfdaState;
  /** The parameters at the beginning of the current epoch. */
  readonly begun: Parameters;
  /** The parameters that did best. */
  readonly best: Parameters;
  /** The epoch of the best, counted from 1; 0 before there is one. */
  readonly bestEpoch: number;
  readonly history: readonly EpochResult[];
  /** Steps of the current epoch that are done. */
  readonly step: number;
  /** The sums of their losses. */
  readonly sums: Readonly<Record<string, number>>;
}

/** Callbacks of training. */
export interface DsfdaHooks {
  /** Stops training, which throws the signal's reason. */
  readonly signal?: AbortSignal | undefined;
  /** Called after each step with all losses by name. */
  readonly onStep?:
    | (
      (epoch: number, step: number, steps: number, losses: ReadonlyMap<string, number>) => void
    )
    | undefined;
  /** Called after each epoch; `best` says whether it is the best so far. */
  readonly onEpoch?: ((epoch: number, result: EpochResult, best: boolean) => void) | undefined;
  /** Called after each epoch, and on the signal, with a state from which training can be resumed. */
  readonly save?: ((progress: DsfdaProgress) => Promise<void>) | undefined;
}

/** The progress before the first step. */
export function beginDsfda({ of }: DsfdaStage, start: Parameters): DsfdaProgress {
  const none = new Map<string, Float32Array<ArrayBuffer>>();
  const steps = { fc: 0, D_FR: 0, D_ER: 0, G_joint: 0 };
  const current = { parameters: new Map(start), moments: { m: none, v: none }, steps };
  return {
    ...{ of, current, begun: start, best: start },
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
  { signal, onStep, onEpoch, save }: DsfdaHooks = {},
): Promise<DsfdaProgress> {
  const { settings } = stage, { side, noise } = sizesOf(from.begun);
  using trainer = new DsfdaTrainer(device, from.current, { ...settings, side, noise });
  let progress = from;
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
      checkLosses(losses, epoch, step, settings);
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

function checkLosses(
  losses: ReadonlyMap<string, number>,
  epoch: number,
  step: number,
  { rate }: DsfdaSettings,
): void {
  const [name, loss] = [...losses].find(([, loss]) => !Number.isFinite(loss)) ?? [];
  if (name === undefined) return;
  throw new RangeError(
    `Cannot go on training: in epoch ${epoch}, step ${
      step + 1
    }, the loss ${name} is ${loss}: choose a ` +
      `smaller rate than ${rate}`,
  );
}
