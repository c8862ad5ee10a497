import type { Device } from "../../engine/mod.ts";
import { Rng } from "../../numbers/rng.ts";
import { meanOf } from "../../numbers/vectors.ts";
import { drawPlaces, inDrawnOrder, takeRows } from "./batches.ts";
import type { Probes } from "./collapse_guard.ts";
import { FrozenClassifier } from "./frozen_classifier.ts";
import { type LatentPft, rowsOfClip, standardised, standardOf } from "./latent_pft.ts";
import { neutral } from "./stages.ts";
import { trainClassifier } from "./train_classifier.ts";
import { newTranslator, type TranslatorWeights } from "./translator.ts";
import { type TranslatorBatch, TranslatorJudge, TranslatorTrainer } from "./translator_trainer.ts";

/** A labelled clip of a source person. */
export interface LabelledClip {
  readonly subject: string;
  readonly label: number;
  features(): Promise<Float32Array>;
}

/** How the source stage learns. */
export const sourceStage = {
  rate: 1e-4,
  batch: 64,
  epochs: 100,
  patience: 10,
  style: 1,
  /** The share of people whose losses decide when to stop. */
  heldOut: 0.2,
} as const;

/** A person's rows `[N, width]`. */
interface Rows {
  readonly features: Float64Array<ArrayBuffer>;
  readonly labels: readonly number[];
}

/** Options of `learnLatentPft()`. */
export interface LearnOptions extends Pick<LatentPft, "classes" | "clip"> {
  readonly width: number;
  readonly seed?: number;
  readonly signal?: AbortSignal | undefined;
  /** Told after each epoch of the translator. */
  readonly onEpoch?: ((epoch: number, loss: number) => void) | undefined;
}

/**
 * Learns a latent PFT from labelled clips of other people: first the classifier, which is then frozen,
 * then the translator on ordered pairs of people, one of whom lends the style. Some people are held out.
 */
export async function learnLatentPft(
  device: Device,
  clips: readonly LabelledClip[],
  { classes, clip, width, seed = 1999, signal, onEpoch }: LearnOptions,
): Promise<LatentPft> {
  const bySubject = [...Map.groupBy(clips, ({ subject }) => subject).values()];
  const others = clips.some(({ label }) => label !== neutral);
  if (bySubject.length < 4 || !others) {
    throw new TypeError(
      `Cannot learn a translator from ${bySubject.length} people` +
        `${others ? "" : ", all of whose clips are neutral"}: wanted 4 at least, with clips of ` +
        "several classes",
    );
  }
  const raw = await Promise.all(
    bySubject.map((own) =>
      Promise.all(own.map(async ({ label, features }) => ({
        label,
        rows: rowsOfClip(await features(), width),
      })))
    ),
  );
  const rng = new Rng(seed), order = inDrawnOrder(raw.length, rng);
  const heldCount = Math.max(2, Math.round(sourceStage.heldOut * raw.length));
  const learning = order.slice(heldCount).map((place) => raw[place] ?? []);
  const standard = standardOf(learning.flat().flatMap(({ rows }) => rows));
  const peopleOf = (places: readonly number[]) =>
    places.map((place): Rows => {
      const own = raw[place] ?? [];
      return {
        features: standardised(own.flatMap(({ rows }) => rows), standard),
        labels: own.flatMap(({ rows, label }) => rows.map(() => label)),
      };
    });
  const train = peopleOf(order.slice(heldCount)), held = peopleOf(order.slice(0, heldCount));
  const classifier = await trainClassifier(device, together(train), together(held), {
    ...{ width, classes: classes.length, rng, signal },
  });
  const frozen = new FrozenClassifier(classifier);
  const translator = await learnTranslator(device, frozen, { train, held }, rng, signal, onEpoch);
  const probes = probesOf(train, width, classes.length);
  return { classes, clip, standard, classifier, translator, scale: 1, probes };
}

async function learnTranslator(
  device: Device,
  classifier: FrozenClassifier,
  { train, held }: { readonly train: readonly Rows[]; readonly held: readonly Rows[] },
  rng: Rng,
  signal: AbortSignal | undefined,
  onEpoch: LearnOptions["onEpoch"],
): Promise<TranslatorWeights> {
  const { width } = classifier, { rate, batch: most, epochs, patience, style } = sourceStage;
  const largest = Math.max(...[...train, ...held].map(({ labels }) => labels.length));
  const batch = Math.max(2, Math.min(most, largest));
  const setup = { classifier, batch, hidden: width, rate, weight: style };
  const start = newTranslator(width, width, rng);
  const pair = (own: Rows, donor: Rows): TranslatorBatch => {
    const places = drawPlaces(own.labels.length, batch, rng);
    const from = drawPlaces(donor.labels.length, Math.min(batch, donor.labels.length), rng);
    return {
      features: takeRows(own.features, width, places),
      labels: places.map((place) => own.labels[place] as number),
      donor: takeRows(donor.features, width, from.length < 2 ? [...from, ...from] : from),
    };
  };
  const judged = held.map((own, i) => pair(own, held[(i + 1) % held.length] ?? own));
  using trainer = await TranslatorTrainer.open(device, "source", setup, start);
  using judge = await TranslatorJudge.open(device, "source", setup);
  let best = start, least = await judge.mean(start, judged), bestEpoch = 0;
  for (let epoch = 1; epoch <= epochs && epoch - bestEpoch <= patience; epoch++) {
    for (const place of inDrawnOrder(train.length, rng)) {
      const donors = train.filter((_, i) => i !== place);
      const donor = donors[rng.integer(0, donors.length - 1)] as Rows;
      trainer.step(pair(train[place] as Rows, donor));
    }
    const weights = await trainer.read(), loss = await judge.mean(weights, judged);
    signal?.throwIfAborted();
    if (!Number.isFinite(loss)) throw new RangeError(`Cannot learn a translator: loss ${loss}`);
    if (loss < least) [best, least, bestEpoch] = [weights, loss, epoch];
    onEpoch?.(epoch, loss);
  }
  return best;
}

function together(people: readonly Rows[]) {
  const features = new Float64Array(people.reduce((sum, { features }) => sum + features.length, 0));
  let at = 0;
  for (const one of people) {
    features.set(one.features, at);
    at += one.features.length;
  }
  return { features, labels: people.flatMap(({ labels }) => labels) };
}

/** A row for each class of each person: the mean of theirs. */
function probesOf(people: readonly Rows[], width: number, classes: number): Probes {
  const rows: Float64Array[] = [], labels: number[] = [];
  for (const { features, labels: own } of people) {
    for (let label = 0; label < classes; label++) {
      const of = own.flatMap((one, n) =>
        one === label ? [features.subarray(n * width, (n + 1) * width)] : []
      );
      if (of.length === 0) continue;
      rows.push(meanOf(of));
      labels.push(label);
    }
  }
  const matrix = new Float64Array(rows.length * width);
  for (const [n, row] of rows.entries()) matrix.set(row, n * width);
  return { features: matrix, labels };
}
