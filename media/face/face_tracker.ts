import type { Frame } from "../video/frame.ts";
import { assignFaces } from "./assign_faces.ts";
import { type FaceBox, overlap } from "./decode_faces.ts";
import { FaceTrack } from "./face_track.ts";
import { type Looks, looksDistance, looksOf } from "./looks.ts";
import { CutFinder } from "./scene_cut.ts";

/** A face with the person it belongs to. */
export interface TrackedFace extends FaceBox {
  /** The person's number, from 1, in order of appearance. */
  readonly person: number;
  /** The number of the unbroken track that it is on: whose it is may become clearer later. */
  readonly track: number;
}

/** A face that fits every track worse than this begins a new one. */
const fitsTrack = 0.2;

/**
 * Tracks that look less different than this are one person's. Of drawn people, 99 % of their own tracks
 * are within the first and 2 % of other people's; another camera takes the second (90 % and 25 %).
 */
const samePerson = { inScene: 0.14, acrossCuts: 0.21 };

/** So many times as much is allowed where as many people as are known are seen, several or one. */
const allowance = { several: 1.7, one: 1.2 };

/** From how many frames on a person was surely seen. */
const surely = 10;

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
      .sort((a, b) => a.number - b.number);
    const begun = Map.groupBy(tracks, ({ begunAt }) => begunAt);
    for (const together of begun.values()) this.#decide(together, together.length);
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
    const sure = people.filter(([, own]) => countFrames(own) >= surely).length;
    const allowed = sure === faces ? allowance[faces > 1 ? "several" : "one"] : 1;
    const costs = tracks.map((track) => people.map(([, own]) => differenceOf(track, own)));
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

/** How different a track is from a person's: below 1 it may be theirs. */
function differenceOf(track: FaceTrack, own: ReadonlySet<FaceTrack>): number {
  const tracks = [...own];
  if (tracks.some(({ number }) => track.beside.has(number))) return Infinity;
  const scenes = Map.groupBy(tracks, ({ scene }) => scene);
  const differences = scenes.entries().map(([scene, some]) => {
    const most = scene === track.scene ? samePerson.inScene : samePerson.acrossCuts;
    return looksDistance(track.looks, meanLooks(some)) / most;
  });
  return Math.min(...differences);
}

function countFrames(tracks: Iterable<FaceTrack>): number {
  return Iterator.from(tracks).reduce((sum, { frames }) => sum + frames, 0);
}

/** What a person looks like over some tracks. */
function meanLooks(tracks: readonly FaceTrack[]): Looks {
  const frames = countFrames(tracks);
  const sum: number[] = [];
  for (const track of tracks) {
    for (const [i, x] of track.looks.entries()) sum[i] = (sum[i] ?? 0) + track.frames * x;
  }
  return Float32Array.from(sum, (x) => x / frames);
}
