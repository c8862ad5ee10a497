import { type Device, Rng } from "../../engine/mod.ts";
import { Pretrainer } from "../../model/dsfda/pretrainer.ts";
import { type Lesson, lessons } from "../../model/dsfda/pretraining_step.ts";
import { drawPlaces } from "../pft/batches.ts";
import { sizesOf } from "./dsfda.ts";
import { colours, type Faces, joinFaces, mirrorSome, takeFaces } from "./faces.ts";
import { checkLosses, type DsfdaHooks, type DsfdaProgress, noMoments } from "./progress.ts";
import type { DsfdaStage } from "./train_dsfda.ts";

/** The numbers that a step learns from, by the lesson's inputs. */
type Batch = ReadonlyMap<string, Float32Array<ArrayBuffer> | Uint32Array<ArrayBuffer>>;

/**
 * What comes before the first epoch, if the settings ask for it: each network learns by itself. Networks that
 * begin together push at each other before any of them knows something, and small ones never recover.
 * Every draw depends on the seed and the step alone, so that what is stopped and resumed ends with the same bits.
 *
 * @returns The progress after it: the optimisers begin anew.
 */
export async function pretrain(
  device: Device,
  stage: DsfdaStage,
  from: DsfdaProgress,
  { signal, onPretraining, save }: DsfdaHooks,
): Promise<DsfdaProgress> {
  const { settings } = stage, { pretraining, dropout } = settings;
  if (!pretraining) return from;
  const { identity: faces } = await stage.faces(from.begun, 0);
  const { side, noise } = sizesOf(from.begun), { rate } = pretraining;
  let progress = from, before = 0;
  for (const [number, lesson] of (Object.keys(lessons) as Lesson[]).entries()) {
    const { steps, batch } = pretraining[lesson], first = Math.max(0, progress.pretrained - before);
    before += steps;
    if (progress.pretrained >= before) continue;
    const seed = settings.seed + 104_729 * (number + 1);
    const batches = drawBatches[lesson](faces, { steps, batch, seed, most: settings.most });
    const { parameters, moments } = progress.current;
    const state = { parameters, moments, step: first };
    using trainer = await Pretrainer.open(device, lesson, state, {
      ...{ batch, side, noise, rate, dropout, seed },
    });
    const reached = async (step: number, moments: DsfdaProgress["current"]["moments"]) => {
      const parameters = await trainer.parameters();
      const current = { ...progress.current, parameters, moments };
      return { ...progress, current, begun: parameters, best: parameters, pretrained: step };
    };
    for (let step = first; step < steps; step++) {
      if (signal?.aborted) {
        await save?.(await reached(before - steps + step, await trainer.moments()));
        throw signal.reason;
      }
      const losses = await trainer.step(batches(step), slowDown(step / steps));
      checkLosses(losses, `in step ${step + 1} of pretraining`, rate);
      onPretraining?.(lesson, step + 1, steps, losses);
    }
    progress = await reached(before, noMoments);
    await save?.(progress);
  }
  return progress;
}

/** Half a cosine, from 1 to 0: the last steps settle what the first ones found. */
function slowDown(done: number): number {
  return (1 + Math.cos(Math.PI * done)) / 2;
}

interface Drawing {
  readonly steps: number;
  readonly batch: number;
  readonly seed: number;
  /** What colours are divided by. */
  readonly most: number;
}

/** Each lesson's batches: faces in a drawn order, half of them mirrored. */
const drawBatches: {
  readonly [one in Lesson]: (faces: Faces, drawing: Drawing) => (step: number) => Batch;
} = {
  classes(faces, { steps, batch, seed, most }) {
    const order = drawPlaces(faces.labels.length, steps * batch, new Rng(seed));
    return (step) => {
      const rng = new Rng(seed + step + 1);
      const taken = mirrorSome(
        takeFaces(faces, order.slice(step * batch, (step + 1) * batch)),
        rng,
      );
      return new Map<string, Float32Array<ArrayBuffer> | Uint32Array<ArrayBuffer>>([
        ["faces", colours(taken.pixels, most)],
        ["expressions", Uint32Array.from(taken.labels)],
        ["identities", Uint32Array.from(taken.people)],
      ]);
    };
  },
  /**
   * Half of the expressions are given by the faces themselves, which teaches their details, and half by
   * anybody who shows the same class, which keeps the givers' identities out of them.
   */
  pictures(faces, { steps, batch, seed, most }) {
    const order = drawPlaces(faces.labels.length, steps * batch, new Rng(seed));
    const placesOf = (of: readonly number[]) => Map.groupBy(of.keys(), (at) => of[at] as number);
    const alike = placesOf(faces.people), expressive = placesOf(faces.labels);
    return (step) => {
      const rng = new Rng(seed + step + 1), places = order.slice(step * batch, (step + 1) * batch);
      const oneOf = (all: readonly number[]) => all[rng.integer(0, all.length - 1)] as number;
      const others = places.map((at) => oneOf(alike.get(faces.people[at] as number) ?? [at]));
      const themselves = mirrorSome(takeFaces(faces, places), rng);
      const strangers = mirrorSome(
        takeFaces(
          faces,
          places.map((at) => oneOf(expressive.get(faces.labels[at] as number) ?? [at])),
        ),
        rng,
      );
      const both = joinFaces([themselves, strangers]);
      const givers = takeFaces(both, places.map((_, n) => n + (rng.uniform() < 0.5 ? 0 : batch)));
      const other = mirrorSome(takeFaces(faces, others), rng);
      return new Map<string, Float32Array<ArrayBuffer> | Uint32Array<ArrayBuffer>>([
        ["faces", colours(themselves.pixels, most)],
        ["others", colours(other.pixels, most)],
        ["givers", colours(givers.pixels, most)],
        ["expressions", Uint32Array.from(givers.labels)],
      ]);
    };
  },
};
