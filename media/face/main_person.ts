import type { TrackedFace } from "./face_tracker.ts";

/** The faces of a frame, and its size. */
export interface FacesInFrame {
  readonly width: number;
  readonly height: number;
  readonly faces: readonly TrackedFace[];
}

/** A person who is as large as this share of the main one may yet become it. */
const rival = 0.2;

/** Somebody else becomes the main person of a live video with so many times the weight. */
const clearlyMore = 1.5;

/**
 * Finds the person whom a video is about: whose face is the largest over all frames together, weighted by
 * position: in the centre it counts twice as much as at the edge.
 */
export class MainPerson {
  readonly #weights = new Map<number, number>();
  #watched: number | undefined;

  /** Takes the faces of the next frame into account. */
  add({ width, height, faces }: FacesInFrame): void {
    for (const face of faces) {
      const x = (face.left + face.width / 2) / width - 0.5;
      const y = (face.top + face.height / 2) / height - 0.5;
      const own = face.width * face.height * (1 - Math.min(1, Math.hypot(x, y)) / 2);
      this.#weights.set(face.person, this.#weightOf(face.person) + own);
    }
  }

  /** The main person of all frames so far. */
  get person(): number | undefined {
    return [...this.#weights].toSorted(([, a], [, b]) => b - a)[0]?.[0];
  }

  /** A person's share of all weights: 1 if nobody else was seen. */
  shareOf(person: number): number {
    return this.#weightOf(person) / this.#weights.values().reduce((sum, weight) => sum + weight, 0);
  }

  /** The person to watch in a live video: another one only if they are clearly more. */
  get watched(): number | undefined {
    const { person } = this;
    const keep = this.#watched !== undefined && person !== undefined &&
      this.#weightOf(person) < clearlyMore * this.#weightOf(this.#watched);
    return keep ? this.#watched : this.#watched = person;
  }

  /** Whether somebody may yet turn out to be the main person. */
  mayBecome(person: number): boolean {
    return this.#weightOf(person) >= rival * this.#weightOf(this.person ?? person);
  }

  #weightOf(person: number): number {
    return this.#weights.get(person) ?? 0;
  }
}
