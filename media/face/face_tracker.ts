import type { Frame } from "../video/frame.ts";
import { assignFaces } from "./assign_faces.ts";
import { type FaceBox, overlap } from "./decode_faces.ts";
import { FaceTrack } from "./face_track.ts";
import { type Looks, looksOf } from "./looks.ts";
import { CutFinder } from "./scene_cut.ts";
import {
  allowedFor,
  countSure,
  differenceBetween,
  settlePeople,
  surelySeen,
} from "./settle_people.ts";

/** A face with the person it belongs to. */
export interface TrackedFace extends FaceBox {
  /** The person's number, from 1, in order of appearance. */
  readonly person: number;
  /** The number of the unbroken track that it is on: whose it is may become clearer later. */
  readonly track: number;
}

/** A face that fits every track worse than this begins a new one. */
const fitsTrack = 0.2;

/** After so many frames of a track it is looked at again whose it is. */
const lookedAtAgain: readonly number[] = [3, 6, 12, 25, 50];

/** Tracks of fewer frames may be of what only looked like a face. */
const fewFrames = 3;

/** Boxes that overlap more than this hide something of each other. */
const hiding = 0.1;

/**
 * Follows people through a video. A track is a face that goes on from frame to frame, by its place and its
 * looks. Where it ends, since somebody leaves, is hidden, or is shown by another camera, a later track is
 * the same person's if it looks like them and they were never seen beside it. This is decided again as
 * more of the track is seen.
 */
export class FaceTracker {
  readonly #cuts = new CutFinder();
  #open: FaceTrack[] = [];
  /** All tracks but the shortest, by person. */
  readonly #people = new Map<number, Set<FaceTrack>>();
  readonly #owners = new Map<number, number>();
  #scene = 0;
  #tracks = 0;
  #numbers = 0;
  /** How many people were surely seen in one frame, at most. */
  #atOnce = 1;

  /** Assigns the faces in the next frame to people. */
  follow(faces: readonly FaceBox[], frame: Frame): TrackedFace[] {
    const { seconds } = frame, looks = faces.map((face) => looksOf(frame, face));
    const cut = this.#cuts.isCut(frame);
    if (cut) this.#scene++;
    this.#close(seconds, cut);
    const costs = looks.map((seen, i) =>
      this.#open.map((track) => track.costOf(faces[i] as FaceBox, seen, seconds))
    );
    const tracks = assignFaces(costs, fitsTrack).map((place, i) => {
      const face = faces[i] as FaceBox, seen = looks[i] as Looks;
      const known = place === undefined ? undefined : this.#open[place];
      const hidden = faces.some((other) => other !== face && overlap(face, other) > hiding);
      known?.goOn(face, seen, seconds, hidden);
      return known ?? new FaceTrack(++this.#tracks, this.#scene, face, seen, seconds);
    });
    this.#open = [...new Set([...this.#open, ...tracks])];
    this.#atOnce = Math.max(
      this.#atOnce,
      tracks.filter(({ frames }) => frames >= surelySeen).length,
    );
    for (const track of tracks) {
      for (const other of tracks) if (other !== track) track.beside.add(other.number);
    }
    const due = tracks.filter(({ number, frames }) =>
      !this.#owners.has(number) || lookedAtAgain.includes(frames)
    );
    this.#decide(due, tracks.length);
    // What else is known of a face, such as the places of its eyes, is not kept: videos may be long.
    return tracks.map(({ number }, i) => {
      const { score, left, top, width, height } = faces[i] as FaceBox;
      return { score, left, top, width, height, track: number, person: this.personOf(number) };
    });
  }

  /** Decides once more on all tracks, now that all was seen. */
  settle(): void {
    const tracks = [...this.#people.values()].flatMap((own) => [...own])
      .filter(({ frames }) => frames >= fewFrames).sort((a, b) => a.number - b.number);
    this.#people.clear();
    for (const own of settlePeople(tracks, this.#atOnce)) {
      // A person keeps a number that their tracks had, so that tracks which are not looked at stay theirs.
      const known = [...own].map(({ number }) => this.personOf(number));
      const person = known.find((number) => !this.#people.has(number)) ?? ++this.#numbers;
      this.#people.set(person, new Set(own));
      for (const { number } of own) this.#owners.set(number, person);
    }
  }

  /** Whose track it is, as far as it is known by now. */
  personOf(track: number): number {
    return this.#owners.get(track) ?? NaN;
  }

  #close(seconds: number, cut: boolean): void {
    const over = this.#open.filter((track) => cut || track.isOver(seconds));
    this.#open = this.#open.filter((track) => !over.includes(track));
    // What was hardly seen tells nobody's looks.
    for (const track of over) if (track.frames < fewFrames) this.#takeAway(track);
  }

  /**
   * Finds out whose tracks are that are seen beside each other: each is another person's, who looks like it
   * and was never seen beside it, or somebody's who is new.
   *
   * @param faces How many faces are seen.
   */
  #decide(tracks: readonly FaceTrack[], faces: number): void {
    const before = tracks.map(({ number }) => this.#owners.get(number));
    for (const track of tracks) this.#takeAway(track);
    const people = [...this.#people];
    const allowed = countSure(this.#people.values()) === faces ? allowedFor(faces) : 1;
    const costs = tracks.map((track) =>
      people.map(([, own]) => differenceBetween(new Set([track]), own))
    );
    const places = assignFaces(costs, allowed);
    for (const [i, track] of tracks.entries()) {
      const [found] = people[places[i] ?? -1] ?? [], own = before[i];
      const person = found ??
        (own !== undefined && !this.#people.has(own) ? own : ++this.#numbers);
      this.#owners.set(track.number, person);
      this.#people.set(person, (this.#people.get(person) ?? new Set()).add(track));
    }
  }

  #takeAway(track: FaceTrack): void {
    const person = this.personOf(track.number), own = this.#people.get(person);
    own?.delete(track);
    if (own?.size === 0) this.#people.delete(person);
  }
}
