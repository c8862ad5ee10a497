import { createHash } from "node:crypto";
import { type Device, Rng } from "../../engine/mod.ts";
import {
  drawDecoder,
  drawEncoder,
  drawHead,
  type DsfdaSizes,
} from "../../model/dsfda/draw_parameters.ts";
import type { Parameters } from "../../model/dsfda/parameters.ts";
import { deciding, type Dsfda, parametersOf } from "./dsfda.ts";
import { FaceClassifier } from "./face_classifier.ts";
import { FaceGenerator } from "./face_generator.ts";
import { type Faces, takeFaces } from "./faces.ts";
import { type DsfdaSettings, heldLoss } from "./settings.ts";
import type { DsfdaStage } from "./stage.ts";
import { inDrawnOrder } from "../pft/batches.ts";

/** What the source stage learns from. */
export interface SourceData {
  /** People are numbered from 0 on. */
  readonly train: Faces;
  /** Of other people, who choose the epoch. */
  readonly held: Faces;
}

/** All networks anew, for so many source people and classes. */
export function drawNetworks(
  sizes: DsfdaSizes,
  { people, classes }: { readonly people: number; readonly classes: number },
  seed: number,
): Parameters {
  const rng = new Rng(seed);
  return new Map([
    ...drawEncoder("Gen.enc_FR", sizes, rng),
    ...drawEncoder("Gen.enc_ER", sizes, rng),
    ...drawHead("Gen.fc_ER", sizes, classes, rng),
    ...drawDecoder("Gen.dec", sizes, rng),
    ...drawIdentityDiscriminator(sizes, people, rng),
    ...drawEncoder("Dis_ER.enc", sizes, rng),
    ...drawHead("Dis_ER.fc", sizes, classes, rng),
  ]);
}

/** The discriminator that tells so many people, and fakes. */
export function drawIdentityDiscriminator(sizes: DsfdaSizes, people: number, rng: Rng): Parameters {
  return new Map([
    ...drawEncoder("Dis_FR.enc", sizes, rng),
    ...drawHead("Dis_FR.fc", sizes, people + 1, rng),
  ]);
}

/** The source stage: who does best on people held out is kept. Dispose of it when it is done. */
export async function sourceStage(
  device: Device,
  { train, held }: SourceData,
  start: Parameters,
  settings: DsfdaSettings,
): Promise<DsfdaStage & Disposable> {
  const { epochs: _, patience: __, ...of } = settings, { protocol, batch } = settings;
  const classifier = await FaceClassifier.open(device, start);
  return {
    settings,
    of: JSON.stringify({ of, train: digest(train), held: digest(held) }),
    faces: () => ({ identity: train, expression: train }),
    async judge(parameters) {
      classifier.write(parameters);
      const told = await classifier.judge(held, batch);
      return {
        held: { accuracy: told.accuracy, loss: heldLoss(protocol, told) },
        acceptable: true,
      };
    },
    better: ({ held: one }, { held: other }) =>
      one.accuracy > other.accuracy || (one.accuracy === other.accuracy && one.loss < other.loss),
    [Symbol.dispose]: () => classifier[Symbol.dispose](),
  };
}

/** Identifies faces. */
export function digest({ side, pixels, labels, people }: Faces): string {
  const about = JSON.stringify({ side, labels, people });
  return createHash("sha256").update(about).update(pixels).digest("hex");
}

/** What a source stage leaves: the networks that a person is adapted from, and generated expressions. */
export async function keepSources(
  device: Device,
  best: Parameters,
  { train }: SourceData,
  { classes, view }: Pick<Dsfda, "classes" | "view">,
  { seed, count = 16 }: { readonly seed: number; readonly count?: number },
): Promise<Dsfda> {
  const parameters = parametersOf(best, ["Gen.", "Dis_ER."]);
  const prototypes = await makePrototypes(device, parameters, train, classes.length, seed, count);
  return { classes, parameters, ...view && { view }, prototypes };
}

/**
 * For each class so many faces of it that the classifier is surest of, each generated with the identity
 * of another person: what is kept of the sources' expressions shows none of their faces.
 */
async function makePrototypes(
  device: Device,
  parameters: Parameters,
  train: Faces,
  classes: number,
  seed: number,
  count: number,
): Promise<Faces> {
  using classifier = await FaceClassifier.open(device, parametersOf(parameters, deciding));
  using generator = await FaceGenerator.open(device, parameters);
  const rng = new Rng(seed), all = train.labels.length;
  const rows = await classifier.decide(train.pixels);
  const sureness = (place: number) => rows[place]?.[train.labels[place] as number] ?? 0;
  const chosen = Array.from({ length: classes }, (_, label) => {
    const own = inDrawnOrder(all, rng).filter((place) => train.labels[place] === label);
    return own.slice(0, 8 * count).sort((a, b) => sureness(b) - sureness(a)).slice(0, count);
  }).flat();
  const others = chosen.map((place) => {
    const strangers = inDrawnOrder(all, rng).filter((other) =>
      train.people[other] !== train.people[place]
    );
    return strangers[0] ?? place;
  });
  const [identity, expression] = [others, chosen].map((places) => takeFaces(train, places)) as [
    Faces,
    Faces,
  ];
  const made = await generator.generate(identity, expression, seed);
  return { ...made, people: made.people.map(() => 0) };
}
