import type { TrackedFace } from "../face/face_tracker.ts";
import { MainPerson } from "../face/main_person.ts";
import { joined } from "../../numbers/vectors.ts";
import type { WatchedFrame } from "./watch_faces.ts";
import { type SeenFrame, seenOf } from "./seen_frame.ts";

/** Who is seen in fewer frames is nobody: something looked like a face. */
const fewestFrames = 3;

/** Whom a video is about, and how sure that is. */
export interface WatchedPerson {
  /** The person's number, from 1, in order of appearance. */
  readonly person: number;
  /** How many people were seen. */
  readonly of: number;
  /** The person's share of all faces, by their size and place: 1 if nobody else was seen. */
  readonly share: number;
}

/** Everyone who was seen in a whole video. */
export class WatchedPeople {
  /** The people's numbers: from 1, in order of appearance. */
  readonly numbers: readonly number[];
  /** Whom the video is about; undefined if nobody was seen. */
  readonly main: number | undefined;
  readonly #frames: readonly WatchedFrame[];
  readonly #weights: MainPerson;
  readonly #numberOf: (face: TrackedFace) => number | undefined;

  /** @param personOf Whose a track is. */
  constructor(frames: readonly WatchedFrame[], personOf: (track: number) => number) {
    this.#frames = frames;
    const counts = new Map<number, number>();
    for (const { track } of frames.flatMap(({ faces }) => faces)) {
      counts.set(personOf(track), (counts.get(personOf(track)) ?? 0) + 1);
    }
    const fewest = Math.min(fewestFrames, Math.max(0, ...counts.values()));
    const kept = [...counts].filter(([, count]) => count >= fewest).map(([person]) => person);
    const numbers = new Map(kept.map((person, i) => [person, i + 1]));
    this.numbers = [...numbers.values()];
    this.#numberOf = ({ track }) => numbers.get(personOf(track));
    this.#weights = new MainPerson();
    for (const { at, faces } of frames) {
      this.#weights.add({
        ...at,
        faces: faces.flatMap((face) => {
          const person = this.#numberOf(face);
          return person === undefined ? [] : [{ ...face, person }];
        }),
      });
    }
    this.main = this.#weights.person;
    this.#gather();
  }

  /** How sure it is that a video is about somebody; undefined if nobody was seen. */
  about(person = this.main): WatchedPerson | undefined {
    if (person === undefined || this.numbers.length === 0) return undefined;
    return { person, of: this.numbers.length, share: this.#weights.shareOf(person) };
  }

  /** A person's frames; by default the main one's. If faces are not looked for, every frame is theirs. */
  framesOf(person = this.main): SeenFrame[] {
    return this.#frames.map((frame) => {
      const own = this.#ownIn(frame, person);
      const face = own?.face && person !== undefined ? { ...own.face, person } : undefined;
      return seenOf(frame, own && { ...own, face }, person);
    });
  }

  #ownIn({ chosen }: WatchedFrame, person: number | undefined) {
    return chosen.find(({ face }) => !face || this.#numberOf(face) === person);
  }

  /** Moves each person's features together, so that they are used without one more copy. */
  #gather(): void {
    for (const person of this.numbers.length > 0 ? this.numbers : [undefined]) {
      const own = this.#frames.flatMap((frame) => this.#ownIn(frame, person) ?? []);
      const all = joined(own.map(({ features }) => features));
      let at = 0;
      for (const one of own) one.features = all.subarray(at, at += one.features.length);
    }
  }
}
