import type { Device } from "../../engine/mod.ts";
import type { Parameters } from "../../model/dsfda/parameters.ts";
import { FaceGenerator } from "../../tta/dsfda/face_generator.ts";
import { type Faces, joinFaces, takeFaces } from "../../tta/dsfda/faces.ts";
import { placeFaces } from "./place_faces.ts";
import type { SeenPerson } from "./see_people.ts";
import { type ClipJudge, identitiesKept } from "./told_by_clip.ts";

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

/** What CLIP tells of generated faces, one number a person. */
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
  for (const [own, rest] of resting.entries()) {
    const other = (own + 1) % people.length, pain = hurt[own] as Middles;
    const theirPain = hurt[other] as Middles, theirRest = resting[other] as Middles;
    const count = Math.min(
      ...[rest, theirPain, theirRest].map(({ faces }) => faces.labels.length),
    );
    const first = (faces: Faces) => takeFaces(faces, [...Array(count).keys()]);
    const make = async (expression: Faces) =>
      placeFaces(
        await generator.generate(first(rest.faces), first(expression), own),
        first(rest.pictures),
      );
    const made = await make(theirPain.faces), still = await make(theirRest.faces);
    seen.rest.push(await judge.see(placeFaces(rest.faces, rest.pictures)));
    seen.pain.push(await judge.see(placeFaces(pain.faces, pain.pictures)));
    seen.madePain.push(await judge.see(made));
    seen.madeRest.push(await judge.see(still));
    rows.push([
      ...[0, 1].flatMap((n) =>
        [rest.pictures, theirPain.pictures, made].map((faces) => takeFaces(faces, [n]))
      ),
      takeFaces(still, [0]),
    ]);
  }
  const pain = (kind: keyof typeof seen, n: number) => judge.pain(seen[kind][n] ?? []);
  const real = identitiesKept(seen.pain, seen.rest),
    made = identitiesKept(seen.madePain, seen.rest);
  return {
    rows,
    figures: {
      "identity, real faces in pain: own before another's": real.map(({ pairs }) => 100 * pairs),
      "identity, generated with another's pain: own before another's": made.map(({ pairs }) =>
        100 * pairs
      ),
      "identity, real faces in pain: own before all": real.map(({ nearest }) => 100 * nearest),
      "identity, generated with another's pain: own before all": made.map(({ nearest }) =>
        100 * nearest
      ),
      "pain's units, real: pain less rest": people.map((_, n) => pain("pain", n) - pain("rest", n)),
      "pain's units, generated: after pain less after rest": people.map((_, n) =>
        pain("madePain", n) - pain("madeRest", n)
      ),
    },
  };
}
