import { average, dot, meanOf, unit } from "../../numbers/vectors.ts";

/** How well faces are told to be of the person whose they are. */
export interface Kept {
  /** The share of pairs, of a face and another person, in which the face is more like its own person. */
  readonly pairs: number;
  /** The share of faces that are more like their own person than like anybody else. */
  readonly nearest: number;
}

/**
 * How well faces are told to be of the people whose resting faces are known, person by person. What all
 * faces of a kind have in common, being hurt, or generated, says nothing of who they are: each kind's mean
 * over people is taken off.
 */
export function identitiesKept(
  faces: readonly (readonly Float64Array[])[],
  resting: readonly (readonly Float64Array[])[],
): Kept[] {
  const middles = withoutMean(resting).map((own) => unit(meanOf(own)));
  return withoutMean(faces).map((own, person) => {
    const told = own.map((face) => {
      const near = middles.map((middle) => dot(face, middle));
      const others = near.filter((_, n) => n !== person);
      return others.map((other) => (near[person] as number) > other);
    });
    return {
      pairs: average(told.map((before) => average(before.map(Number)))),
      nearest: average(told.map((before) => Number(before.every(Boolean)))),
    };
  });
}

/** Features less the mean of all people's, at unit length. */
function withoutMean(people: readonly (readonly Float64Array[])[]): Float64Array[][] {
  const mean = meanOf(people.map((faces) => meanOf(faces)));
  return people.map((faces) =>
    faces.map((face) => unit(face.map((x, i) => x - (mean[i] as number))))
  );
}
