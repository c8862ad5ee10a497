import { type Device, Rng } from "../../engine/mod.ts";
import { drawEncoder } from "../../model/dsfda/draw_parameters.ts";
import type { Parameters } from "../../model/dsfda/parameters.ts";
import { average, largestAt } from "../../numbers/vectors.ts";
import { drawPlaces } from "../pft/batches.ts";
import { neutral } from "../pft/stages.ts";
import { deciding, type Dsfda, parametersOf, sizesOf } from "./dsfda.ts";
import { FaceClassifier } from "./face_classifier.ts";
import { FaceGenerator } from "./face_generator.ts";
import { type Faces, joinFaces, takeFaces } from "./faces.ts";
import { type DsfdaSettings, dsfdaSettings, heldLoss } from "./settings.ts";
import { digest, drawIdentityDiscriminator } from "./source_stage.ts";
import type { DsfdaHooks, DsfdaProgress } from "./progress.ts";
import type { DsfdaStage } from "./stage.ts";
import { beginDsfda, trainDsfda } from "./train_dsfda.ts";

/** How a person is adapted to unless told otherwise: a fixed number of steps, in minutes. */
export const usualAdaptation: DsfdaSettings = dsfdaSettings("target", "fixed", {
  batch: 4,
  steps: 4,
  epochs: 4,
  rate: 3e-4,
  dropout: 0.2,
});

/** A DSFDA adapted to a person, and how that went. */
export interface AdaptedDsfda {
  /** What decides on the person. */
  readonly dsfda: Dsfda;
  /** 0 if no epoch was better than the sources' networks, or all that were had collapsed. */
  readonly bestEpoch: number;
  /** The person's generated faces. Nothing keeps them. */
  readonly generated: Faces;
}

/** Options of `adaptDsfda()`. */
export interface AdaptDsfdaOptions extends Pick<DsfdaHooks, "signal" | "onStep" | "onEpoch"> {
  readonly settings?: DsfdaSettings;
}

/**
 * Adapts DSFDA to a person's resting clips. The last clip is held out and decides which epoch is kept; of a
 * single clip, its second half.
 */
export async function adaptDsfda(
  device: Device,
  learnt: Dsfda,
  resting: readonly Faces[],
  { settings = usualAdaptation, ...hooks }: AdaptDsfdaOptions = {},
): Promise<AdaptedDsfda> {
  const split = holdOut(resting), start = targetStart(learnt, settings);
  using stage = await targetStage(device, learnt, split, start, settings);
  const { best, bestEpoch } = await trainDsfda(device, stage, beginDsfda(stage, start), hooks);
  using generator = await FaceGenerator.open(device, best);
  return {
    dsfda: {
      classes: learnt.classes,
      parameters: parametersOf(best, deciding),
      ...learnt.view && { view: learnt.view },
    },
    bestEpoch,
    generated: await missingFaces(generator, learnt, split.train, settings.seed),
  };
}

/** Parts a person's resting clips into those to learn from and one to judge by. */
export function holdOut(
  resting: readonly Faces[],
): { readonly train: Faces; readonly held: Faces } {
  // Whoever it is, the identity discriminator knows the person as number 0.
  const [first, ...others] = resting.map((faces) => ({
    ...faces,
    people: faces.people.map(() => 0),
  }));
  const last = others.at(-1);
  if (first && last) return { train: joinFaces([first, ...others.slice(0, -1)]), held: last };
  const count = first?.labels.length ?? 0, half = count >> 1;
  if (!first || half === 0) {
    throw new TypeError(
      `Cannot adapt DSFDA to ${resting.length} resting clips with ${count} faces: wanted two clips, or ` +
        "one of 2 faces at least",
    );
  }
  const places = Array.from({ length: count }, (_, i) => i);
  return {
    train: takeFaces(first, places.slice(0, half)),
    held: takeFaces(first, places.slice(half)),
  };
}

/**
 * What the target stage begins with. The release draws the identity encoder anew too; it learns from one
 * face then what the sources' encoder knows of many, for which few steps are too few.
 */
export function targetStart({ parameters }: Dsfda, { protocol, seed }: DsfdaSettings): Parameters {
  const rng = new Rng(seed), sizes = sizesOf(parameters);
  return new Map([
    ...parametersOf(parameters, ["Gen.", "Dis_ER."]),
    ...drawIdentityDiscriminator(sizes, 1, rng),
    ...protocol === "official" ? drawEncoder("Gen.enc_FR", sizes, rng) : [],
  ]);
}

/**
 * The target stage. The release takes both kinds of faces from the person's list, with its labels: of
 * resting clips, all neutral, which teaches that everything is. So expressions are the sources' prototypes
 * here, the person's resting faces, and the person's other expressions, as generated at the beginning of
 * each epoch. An epoch counts only if the resting faces held out are told better than by the sources'
 * networks and the prototypes still are.
 */
export async function targetStage(
  device: Device,
  learnt: Dsfda,
  { train, held }: { readonly train: Faces; readonly held: Faces },
  start: Parameters,
  settings: DsfdaSettings,
): Promise<DsfdaStage & Disposable> {
  const { protocol, batch, seed, epochs: _, patience: __, ...of } = settings;
  const shared = {
    settings,
    of: JSON.stringify({ of, protocol, batch, seed, train: digest(train), held: digest(held) }),
    better: (result: Judged, than: Judged) => result.held.loss < than.held.loss,
  };
  using owned = new DisposableStack();
  const classifier = owned.use(await FaceClassifier.open(device, start));
  const judge = async (parameters: Parameters) => {
    classifier.write(parameters);
    const told = await classifier.judge(held, batch);
    return { accuracy: told.accuracy, loss: heldLoss(protocol, told) };
  };
  if (protocol === "official") {
    const moved = owned.move();
    return {
      ...shared,
      faces: () => ({ identity: train, expression: train }),
      judge: async (parameters) => ({ held: await judge(parameters), acceptable: true }),
      [Symbol.dispose]: () => moved[Symbol.dispose](),
    };
  }
  const prototypes = prototypesOf(learnt);
  const generator = owned.use(await FaceGenerator.open(device, start));
  const source = await judge(start), expressive = await expressiveness(classifier, prototypes);
  const moved = owned.move();
  return {
    ...shared,
    async faces(parameters, epoch) {
      generator.write(parameters);
      const made = await missingFaces(generator, learnt, train, seed + epoch);
      const atRest = prototypes.labels.filter((label) => label === neutral).length;
      const own = drawPlaces(train.labels.length, atRest, new Rng(seed + epoch));
      const expression = joinFaces([prototypes, takeFaces(train, own), made]);
      return { identity: train, expression };
    },
    async judge(parameters) {
      const held = await judge(parameters);
      // Of prototypes that not even the sources' networks tell, nothing can be seen to survive.
      const survives = expressive > 0 &&
        await expressiveness(classifier, prototypes) >= 0.8 * expressive;
      return { held, acceptable: survives && held.loss < source.loss };
    },
    [Symbol.dispose]: () => moved[Symbol.dispose](),
  };
}

type Judged = Pick<DsfdaProgress["history"][number], "held">;

function prototypesOf({ prototypes }: Dsfda): Faces {
  if (prototypes) return prototypes;
  throw new TypeError(
    "Cannot adapt DSFDA once more to a person: it keeps nothing of the sources: adapt the one that was " +
      "trained",
  );
}

/** A resting person's faces with each of the prototypes' other expressions. */
async function missingFaces(
  generator: FaceGenerator,
  learnt: Dsfda,
  resting: Faces,
  seed: number,
): Promise<Faces> {
  const prototypes = prototypesOf(learnt);
  const others = [...prototypes.labels.keys()].filter((at) => prototypes.labels[at] !== neutral);
  const whose = drawPlaces(resting.labels.length, others.length, new Rng(seed));
  return await generator.generate(takeFaces(resting, whose), takeFaces(prototypes, others), seed);
}

/** The mean probability of anything but neutral on prototypes that are not, where they are told at all. */
async function expressiveness(
  classifier: FaceClassifier,
  { pixels, labels }: Faces,
): Promise<number> {
  const rows = await classifier.decide(pixels);
  return average(
    rows.flatMap((row, n) =>
      labels[n] === neutral ? [] : largestAt(row) === neutral ? [0] : [1 - (row[neutral] as number)]
    ),
  );
}
