import type { FaceBox } from "./decode_faces.ts";
import { type Looks, looksDistance } from "./looks.ts";

/** Seconds in which a place loses most of what it tells. */
const placeFades = 0.7;

/** Seconds without the face that a track outlasts. */
const longestGap = 1;

/** How much less a difference in looks counts of a face that is where it is expected. */
const placeCounts = 0.25;

/** What it costs that a face is not where it is expected. */
const elsewhere = 0.05;

const middleOf = ({ left, top, width, height }: FaceBox) => ({
  x: left + width / 2,
  y: top + height / 2,
});
const sizeOf = ({ width, height }: FaceBox) => Math.max(width, height);

/** A face that goes on from frame to frame. */
export class FaceTrack {
  /** From 1, in order of appearance. */
  readonly number: number;
  /** The number of the scene that it is in: a cut begins the next one. */
  readonly scene: number;
  /** The tracks that were seen in the same frames: other people's. */
  readonly beside = new Set<number>();
  /** When it was first seen, in seconds. */
  readonly begunAt: number;
  #face: FaceBox;
  #seenAt: number;
  /** In pixels a second. */
  #speed = { x: 0, y: 0 };
  #looks: Looks;
  #frames = 1;
  #learnt = 1;

  /** Begins a track. */
  constructor(number: number, scene: number, face: FaceBox, looks: Looks, seconds: number) {
    this.number = number;
    this.scene = scene;
    this.#face = face;
    this.#looks = looks;
    this.#seenAt = seconds;
    this.begunAt = seconds;
  }

  /** The mean of what was seen of late. */
  get looks(): Looks {
    return this.#looks;
  }

  /** In how many frames it was seen. */
  get frames(): number {
    return this.#frames;
  }

  /** Whether the face was not seen for too long; the times of joined videos may go back, too. */
  isOver(seconds: number): boolean {
    return Math.abs(seconds - this.#seenAt) > longestGap;
  }

  /** How badly a face fits the track. */
  costOf(face: FaceBox, looks: Looks, seconds: number): number {
    const expected = this.#nearness(face, seconds);
    return looksDistance(looks, this.#looks) * (1 - placeCounts * expected) +
      elsewhere * (1 - expected);
  }

  /** How well a face is where it is expected: 1 at its very place, 0 a face's width from it. */
  #nearness(face: FaceBox, seconds: number): number {
    const passed = Math.abs(seconds - this.#seenAt), last = this.#face, { x, y } = this.#speed;
    const from = middleOf(last), to = middleOf(face), moves = Math.min(passed, placeFades);
    const away = Math.hypot(to.x - from.x - x * moves, to.y - from.y - y * moves);
    const scaled = Math.abs(Math.log(sizeOf(face) / sizeOf(last)));
    return Math.exp(-passed / placeFades) * Math.max(0, 1 - away / sizeOf(last) - scaled);
  }

  /**
   * Goes on with the face in the next frame.
   *
   * @param hidden Whether something may hide a part of it: then nothing is learnt of its looks.
   */
  goOn(face: FaceBox, looks: Looks, seconds: number, hidden: boolean): void {
    const passed = seconds - this.#seenAt, from = middleOf(this.#face), to = middleOf(face);
    if (passed > 0) {
      this.#speed = {
        x: (this.#speed.x + (to.x - from.x) / passed) / 2,
        y: (this.#speed.y + (to.y - from.y) / passed) / 2,
      };
    }
    this.#face = face;
    this.#seenAt = seconds;
    this.#frames++;
    if (hidden) return;
    const rate = Math.max(1 / ++this.#learnt, 0.05);
    this.#looks = this.#looks.map((x, i) => x + rate * ((looks[i] ?? NaN) - x));
  }
}
