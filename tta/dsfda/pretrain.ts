import { type Device, Rng } from "../../engine/mod.ts";
import type { Parameters } from "../../model/dsfda/parameters.ts";
import { Pretrainer } from "../../model/dsfda/pretrainer.ts";
import { type Lesson, lessons } from "../../model/dsfda/pretraining_step.ts";
import { drawPlaces } from "../pft/batches.ts";
import { sizesOf } from "./dsfda.ts";
import { colours, type Faces, joinFaces, mirrorSome, takeFaces } from "./faces.ts";
import { checkLosses, type DsfdaHooks, type DsfdaProgress, noMoments } from "./progress.ts";
import type { DsfdaStage } from "./stage.ts";

/** The numbers that a step learns from, by the lesson's inputs. */
type Batch = Map<string, Numbers>;
type Numbers = Float32Array<ArrayBuffer> | Uint32Array<ArrayBuffer>;

/**
 * What comes before the first epoch, if the settings ask for it: each network learns by itself. Networks that begin together first learn from each
 * other's noise, which small ones do not recover from.
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
    const batches = drawBatches(lesson, faces, { steps, batch, seed, most: settings.most });
    const { current: { parameters: learnt, moments } } = progress;
    const begins = lesson === "pictures" && first === 0;
    const parameters = begins ? tellingPeople(learnt) : learnt;
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

/** The identity encoder begins to draw people as what the discriminator learnt to tell them by. */
function tellingPeople(parameters: Parameters): Parameters {
  const [from, to] = ["Dis_FR.enc.", "Gen.enc_FR."] as const;
  return new Map(
    [...parameters].map(([name, parameter]) => [
      name,
      name.startsWith(to) ? parameters.get(from + name.slice(to.length)) ?? parameter : parameter,
    ]),
  );
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

/**
 * A lesson's batches: faces in a drawn order, half of them mirrored. Half of the expressions are given by the
 * faces themselves, which teaches their details, and half by anybody who shows the same class, which keeps
 * the givers' identities out of them.
 */
function drawBatches(
  lesson: Lesson,
  faces: Faces,
  { steps, batch, seed, most }: Drawing,
): (step: number) => Batch {
  const { labels, people } = faces, order = drawPlaces(labels.length, steps * batch, new Rng(seed));
  const placesOf = (of: readonly number[]) => Map.groupBy(of.keys(), (at) => of[at] as number);
  const ofPerson = placesOf(people), ofClass = placesOf(labels), all = [...labels.keys()];
  return (step) => {
    const rng = new Rng(seed + step + 1), places = order.slice(step * batch, (step + 1) * batch);
    const seen = (places: readonly number[]) => mirrorSome(takeFaces(faces, places), rng);
    const anyOf = (places: readonly number[]) =>
      places[rng.integer(0, places.length - 1)] as number;
    const likeEach = (of: readonly number[], groups: ReadonlyMap<number, readonly number[]>) =>
      seen(places.map((at) => anyOf(groups.get(of[at] as number) ?? all)));
    const shown = seen(places),
      given: Batch = new Map<string, Numbers>([
        ["faces", colours(shown.pixels, most)],
        ["expressions", Uint32Array.from(shown.labels)],
      ]);
    if (lesson === "discriminators") return given.set("identities", Uint32Array.from(shown.people));
    const either = joinFaces([shown, likeEach(labels, ofClass)]);
    const givers = takeFaces(either, places.map((_, n) => rng.uniform() < 0.5 ? n : n + batch));
    given.set("givers", colours(givers.pixels, most));
    given.set("others", colours(likeEach(people, ofPerson).pixels, most));
    if (lesson === "pictures") return given;
    const strangers = seen(places.map(() => anyOf(all)));
    return given
      .set("strangers", colours(strangers.pixels, most))
      .set("identities", Uint32Array.from(strangers.people));
  };
}
