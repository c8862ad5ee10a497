import { learnRest } from "../../model/clip_au/learn_rest.ts";
import { centred, neutralMean } from "../../model/clip_au/neutral.ts";
import { type RestFinder, restOfAll } from "../../model/clip_au/rest.ts";

/** A clip of a person, as far as their face goes. */
export interface FaceClip {
  readonly subject: string;
  /** `[T, d]`; nothing where no face is seen. */
  features(): Promise<Float32Array>;
}

/** What other people teach of resting faces. */
export interface KnownRest {
  /** `[d]`: the average resting face. */
  readonly neutral: Float32Array<ArrayBuffer>;
  /** How to find that of someone who is not enrolled. */
  readonly rest: RestFinder;
}

/** Clips with faces relative to each person's resting face, and what was learnt to make them so. */
export interface CentredClips<T> extends KnownRest {
  readonly clips: readonly T[];
}

/**
 * Makes faces relative to each person's resting face: the mean over the clips in which they rest; of people
 * who have none, it is found in all of their clips. What is learnt to find it is learnt from `teachers` alone.
 *
 * @param resting Clips that are known to be of rest. No label is looked at.
 * @param others All other clips: these are what is made relative.
 */
export async function centreClips<T extends FaceClip>(
  resting: readonly FaceClip[],
  others: readonly T[],
  { width, teachers }: {
    readonly width: number;
    readonly teachers: ReadonlySet<string>;
  },
): Promise<CentredClips<T>> {
  const told = new Map<string, Float32Array<ArrayBuffer>>();
  for (const [subject, own] of Map.groupBy(resting, (clip) => clip.subject)) {
    const faces = (await Promise.all(own.map((clip) => clip.features()))).filter(seesFace);
    if (faces.length > 0) told.set(subject, neutralMean(faces, width).mean);
  }
  const known = [...told].flatMap(([subject, face]) => teachers.has(subject) ? [face] : []);
  if (known.length === 0) {
    throw new TypeError(
      "Cannot learn how people rest: nobody to learn from has a resting clip that shows a face",
    );
  }
  const { mean: neutral } = neutralMean(known, width);
  const samplesOf = async (clips: readonly FaceClip[], label: number) =>
    (await Promise.all(
      clips.filter(({ subject }) => teachers.has(subject)).map(async (clip) => ({
        subject: clip.subject,
        label,
        face: await clip.features(),
      })),
    )).filter(({ face }) => seesFace(face))
      .map(({ face, ...one }) => ({ ...one, features: () => Promise.resolve(face) }));
  const samples = [...await samplesOf(resting, 0), ...await samplesOf(others, 1)];
  const rest = await learnRest(samples, width);
  const clips: T[] = [];
  for (const [subject, own] of Map.groupBy(others, (clip) => clip.subject)) {
    const faces = await Promise.all(own.map((clip) => clip.features()));
    const face = told.get(subject) ??
      (faces.some(seesFace) ? restOfAll(faces, rest, neutral) : neutral);
    clips.push(...own.map((clip, i): T => {
      const made = centred(faces[i] as Float32Array, face, neutral);
      return { ...clip, features: () => Promise.resolve(made) };
    }));
  }
  return { clips, neutral, rest };
}

const seesFace = ({ length }: Float32Array) => length > 0;
