import { type Face, overlap } from "./decode_faces.ts";

/** A face with the person it belongs to. */
export interface TrackedFace extends Face {
  /** The person's number, from 1, in order of appearance. */
  readonly person: number;
}

/** Minimum overlap of a person's boxes from one frame to the next. */
const sameOverlap = 0.25;

/** Seconds after which a person who reappears counts as a new one. */
const longestGap = 2;

interface Track {
  readonly person: number;
  face: Face;
  seenAt: number;
}

/** Tracks people: a face belongs to the person last seen at its place. */
export class FaceTracker {
  readonly #tracks: Track[] = [];
  #people = 0;

  /** Assigns the faces of the next frame to people. */
  follow(faces: readonly Face[], seconds: number): TrackedFace[] {
    const open = this.#tracks.filter(({ seenAt }) => seconds - seenAt <= longestGap);
    const pairs = faces.flatMap((face) =>
      open.map((track) => ({ face, track, both: overlap(face, track.face) }))
    ).filter(({ both }) => both >= sameOverlap).sort((a, b) => b.both - a.both);
    const owners = new Map<Face, Track>();
    for (const { face, track } of pairs) {
      if (owners.has(face) || [...owners.values()].includes(track)) continue;
      owners.set(face, track);
    }
    return faces.map((face) => {
      const track = owners.get(face) ?? { person: ++this.#people, face, seenAt: seconds };
      if (!owners.has(face)) this.#tracks.push(track);
      track.face = face;
      track.seenAt = seconds;
      return { ...face, person: track.person };
    });
  }
}

/** The faces of a frame, and its size. */
interface FacesInFrame {
  readonly width: number;
  readonly height: number;
  readonly faces: readonly TrackedFace[];
}

/**
 * The person whose face is the largest over some frames together, weighted by position: in the centre it
 * counts twice as much as at the edge.
 */
export function mainPerson(frames: readonly FacesInFrame[]): number | undefined {
  const weights = new Map<number, number>();
  for (const { width, height, faces } of frames) {
    for (const face of faces) {
      const x = (face.left + face.width / 2) / width - 0.5;
      const y = (face.top + face.height / 2) / height - 0.5;
      const own = face.width * face.height * (1 - Math.min(1, Math.hypot(x, y)) / 2);
      weights.set(face.person, (weights.get(face.person) ?? 0) + own);
    }
  }
  return [...weights].toSorted(([, a], [, b]) => b - a)[0]?.[0];
}
