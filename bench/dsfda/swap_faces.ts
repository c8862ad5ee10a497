import type { Device } from "../../engine/mod.ts";
import type { Parameters } from "../../model/dsfda/parameters.ts";
import { FaceGenerator } from "../../tta/dsfda/face_generator.ts";
import { type Faces, joinFaces, takeFaces } from "../../tta/dsfda/faces.ts";
import type { SeenPerson } from "./see_people.ts";
import { type ClipJudge, identityKept } from "./told_by_clip.ts";

/** What CLIP tells of a person's faces, real ones and generated ones. */
export interface Swap {
  /** The share of faces that are likest to this person's, of those at rest and with another's pain. */
  readonly kept: { readonly real: number; readonly generated: number };
  /** The mean similarity to pain's units. */
  readonly pain: {
    readonly rest: number;
    /** Generated after another person at rest, and after one in pain: they differ in nothing else. */
    readonly generatedAtRest: number;
    readonly generated: number;
    readonly real: number;
  };
}

/** Faces of a person's clips of a class, the middle one of each. */
export function middleFaces(clips: SeenPerson, label: 0 | 1): Faces {
  const own = clips.filter((clip) => clip.label === label);
  return joinFaces(
    own.map(({ faces }) => takeFaces(faces, [faces.labels.length >> 1])) as [Faces, ...Faces[]],
  );
}

/** A person's resting faces with the expressions of others, and what CLIP tells of them. */
export async function swapFaces(
  device: Device,
  judge: ClipJudge,
  parameters: Parameters,
  people: readonly SeenPerson[],
): Promise<{ readonly swaps: Swap[]; readonly rows: Faces[][] }> {
  using generator = await FaceGenerator.open(device, parameters);
  const resting = people.map((person) => middleFaces(person, 0));
  const hurt = people.map((person) => middleFaces(person, 1));
  const known = await Promise.all(resting.map((faces) => judge.see(faces)));
  const swaps: Swap[] = [], rows: Faces[][] = [];
  for (const [own, identity] of resting.entries()) {
    const other = (own + 1) % people.length;
    const count = Math.min(identity.labels.length, hurt[other]?.labels.length ?? 0);
    const first = [...Array(count).keys()];
    const of = (faces: Faces | undefined) => takeFaces(faces as Faces, first);
    const made = await generator.generate(of(identity), of(hurt[other]), own);
    const still = await generator.generate(of(identity), of(resting[other]), own);
    const [seen, seenStill] = [await judge.see(made), await judge.see(still)];
    const pained = await judge.see(hurt[own] as Faces);
    swaps.push({
      kept: { real: identityKept(pained, own, known), generated: identityKept(seen, own, known) },
      pain: {
        rest: judge.pain(known[own] ?? []),
        generatedAtRest: judge.pain(seenStill),
        generated: judge.pain(seen),
        real: judge.pain(pained),
      },
    });
    rows.push([
      ...[0, 1].flatMap((n) => [
        takeFaces(identity, [n]),
        takeFaces(hurt[other] as Faces, [n]),
        takeFaces(made, [n]),
      ]),
      takeFaces(still, [0]),
    ]);
  }
  return { swaps, rows };
}

/** The figures of all, one number a person. */
export function swapFigures(swaps: readonly Swap[]): Readonly<Record<string, readonly number[]>> {
  return {
    "identity kept: real faces in pain": swaps.map(({ kept }) => 100 * kept.real),
    "identity kept: generated with another's pain": swaps.map(({ kept }) => 100 * kept.generated),
    "pain's units: real pain less real rest": swaps.map(({ pain }) => pain.real - pain.rest),
    "pain's units: generated after pain less after rest": swaps.map(({ pain }) =>
      pain.generated - pain.generatedAtRest
    ),
  };
}
