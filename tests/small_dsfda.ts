import type { DsfdaSizes } from "../model/dsfda/draw_parameters.ts";
import { Rng } from "../numbers/rng.ts";
import type { Dsfda } from "../tta/dsfda/dsfda.ts";
import { type Faces, joinFaces } from "../tta/dsfda/faces.ts";
import { drawNetworks } from "../tta/dsfda/source_stage.ts";

/** About as small as networks can be that tell above from below. */
export const smallSizes: DsfdaSizes = { side: 32, channels: 8, noise: 4, width: 32 };

/** Faces of a person's colour, whose upper or lower half is bright: that is their expression. */
export function madeUpFaces(person: number, label: number, count: number, seed = 0): Faces {
  const { side } = smallSizes, size = side * side * 3, own = new Rng(50 + person);
  const colour = [0, 1, 2].map(() => own.integer(40, 120));
  const rng = new Rng(1000 * person + 10 * seed + label);
  const pixels = Uint8Array.from({ length: count * size }, (_, i) => {
    const row = Math.floor(i % size / (3 * side)), bright = (row < side / 2) === (label === 1);
    return (colour[i % 3] as number) + (bright ? 110 : 0) + rng.integer(0, 20);
  });
  const all = (x: number) => Array.from({ length: count }, () => x);
  return { side, pixels, labels: all(label), people: all(person) };
}

/** Faces of both classes of so many people. */
export function madeUpPeople(first: number, people: number, count: number): Faces {
  const parts = Array.from(
    { length: 2 * people },
    (_, i) => madeUpFaces(first + (i >> 1), i % 2, count),
  );
  return joinFaces(parts as [Faces, ...Faces[]]);
}

/** Networks that nobody taught, with faces to generate after. */
export function smallDsfda(): Dsfda {
  const parameters = drawNetworks(smallSizes, { people: 2, classes: 2 }, 5);
  const kept = [...parameters].filter(([name]) => !name.startsWith("Dis_FR."));
  const prototypes = madeUpPeople(0, 2, 2), people = prototypes.labels.map(() => 0);
  return {
    classes: ["neutral", "pain"],
    parameters: new Map(kept),
    prototypes: { ...prototypes, people },
  };
}
