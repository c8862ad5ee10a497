import type { Device } from "../../engine/mod.ts";
import type { Parameters } from "../../model/dsfda/parameters.ts";
import { FaceGenerator } from "../../tta/dsfda/face_generator.ts";
import { type Faces, joinFaces, takeFaces } from "../../tta/dsfda/faces.ts";
import { identitiesKept } from "./identities_kept.ts";
import { placeFaces } from "./place_faces.ts";
import type { SeenPerson } from "./see_people.ts";
import type { ClipJudge } from "./told_by_clip.ts";

/** A person's faces of a class, the middle one of each clip: as networks see them, and as they were drawn. */
interface Middles {
  readonly faces: Faces;
  readonly pictures: Faces;
}

function middles(clips: SeenPerson, label: 0 | 1): Middles {
  const own = clips.filter((clip) => clip.label === label);
  const middle = (of: "faces" | "pictures") =>
    joinFaces(
      own.map((clip) => takeFaces(clip[of], [clip[of].labels.length >> 1])) as [Faces, ...Faces[]],
    );
  return { faces: middle("faces"), pictures: middle("pictures") };
}

/** What is told of generated faces, one number a person. */
export type SwapFigures = Readonly<Record<string, readonly number[]>>;

/**
 * People's resting faces with the expressions of others, and what CLIP tells of them. It sees generated
 * faces as it sees real ones: close, in their place on grey, as small, and in the colours that the person has
 * at rest.
 */
export async function swapFaces(
  device: Device,
  judge: ClipJudge,
  parameters: Parameters,
  people: readonly SeenPerson[],
): Promise<{ readonly figures: SwapFigures; readonly rows: Faces[][] }> {
  using generator = await FaceGenerator.open(device, parameters);
  const resting = people.map((person) => middles(person, 0));
  const hurt = people.map((person) => middles(person, 1));
  const rows: Faces[][] = [],
    seen = { rest: [], pain: [], madeRest: [], madePain: [] } as {
      readonly [kind in "rest" | "pain" | "madeRest" | "madePain"]: Float64Array[][];
    };
  const swaps: Faces[] = [];
  for (const [own, rest] of resting.entries()) {
    const other = (own + 1) % people.length, pain = hurt[own] as Middles;
    const theirPain = hurt[other] as Middles, theirRest = resting[other] as Middles;
    const count = Math.min(
      ...[rest, theirPain, theirRest].map(({ faces }) => faces.labels.length),
    );
    const first = (faces: Faces) => takeFaces(faces, [...Array(count).keys()]);
    const make = (expression: Faces) =>
      generator.generate(first(rest.faces), first(expression), own);
    const swapped = await make(theirPain.faces), inPain = placeFaces(swapped, first(rest.pictures));
    const still = placeFaces(await make(theirRest.faces), first(rest.pictures));
    swaps.push(swapped);
    seen.rest.push(await judge.see(placeFaces(rest.faces, rest.pictures)));
    seen.pain.push(await judge.see(placeFaces(pain.faces, pain.pictures)));
    seen.madePain.push(await judge.see(inPain));
    seen.madeRest.push(await judge.see(still));
    rows.push([
      ...[0, 1].flatMap((n) =>
        [rest.pictures, theirPain.pictures, inPain].map((faces) => takeFaces(faces, [n]))
      ),
      takeFaces(still, [0]),
    ]);
  }
  const pain = (kind: keyof typeof seen, n: number) => judge.pain(seen[kind][n] ?? []);
  const colours = (all: readonly Faces[]) => all.map(coloursOf);
  return {
    rows,
    figures: {
      ...identityFigures("identity by CLIP", seen.rest, seen.pain, seen.madePain),
      ...identityFigures(
        "identity by colours",
        colours(resting.map(({ faces }) => faces)),
        colours(hurt.map(({ faces }) => faces)),
        colours(swaps),
      ),
      "pain's units by CLIP, real: pain less rest": people.map((_, n) =>
        pain("pain", n) - pain("rest", n)
      ),
      "pain's units by CLIP, generated: after pain less after rest": people.map((_, n) =>
        pain("madePain", n) - pain("madeRest", n)
      ),
    },
  };
}

/** Vectors of faces, person by person. */
type Vectors = readonly (readonly Float64Array[])[];

/** How well real faces and generated ones are told to be their own person's, in percent. */
function identityFigures(by: string, resting: Vectors, real: Vectors, made: Vectors): SwapFigures {
  const figures: Record<string, number[]> = {};
  for (
    const [whose, faces] of [
      ["real faces in pain", real],
      ["generated with another's pain", made],
    ] as const
  ) {
    const kept = identitiesKept(faces, resting);
    figures[`${by}, ${whose}: own before another's`] = kept.map(({ pairs }) => 100 * pairs);
    figures[`${by}, ${whose}: own before all`] = kept.map(({ nearest }) => 100 * nearest);
  }
  return figures;
}

/** Each face's levelled colours, as a vector to compare. */
function coloursOf({ side, pixels }: Faces): Float64Array[] {
  const size = side * side * 3;
  return Array.from(
    { length: pixels.length / size },
    (_, n) => Float64Array.from(pixels.subarray(n * size, (n + 1) * size)),
  );
}
