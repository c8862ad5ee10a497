import { Paint } from "./color.ts";
import type { HalfPlan } from "./face_plan.ts";

/** The place in the face that a pixel shows, and what has been worked out for it so far. */
export class Spot {
  /** From the middle of the head: right, and down; the head turned upright. */
  headX = 0;
  headY = 0;
  /** The same where features lie, which slide over the head as it turns. */
  x = 0;
  y = 0;
  /** From the middle line of the face. */
  fromMiddle = 0;
  half: HalfPlan;
  /** How much light falls here. */
  light = 0;
  /** Relief: below 0 darker. */
  shade = 0;
  readonly paint = new Paint();

  constructor(half: HalfPlan) {
    this.half = half;
  }
}

/**
 * A line's nearest point to a place, one after the other: how far along the line it lies, from 0 at its
 * beginning to 1 at its end, and how far off.
 */
export class NearLine {
  along = 0;
  off = 0;

  find(x: number, y: number, x0: number, y0: number, x1: number, y1: number): this {
    const dx = x1 - x0, dy = y1 - y0;
    const t = ((x - x0) * dx + (y - y0) * dy) / (dx * dx + dy * dy);
    this.along = t < 0 ? 0 : t > 1 ? 1 : t;
    const ox = x - x0 - this.along * dx, oy = y - y0 - this.along * dy;
    this.off = Math.sqrt(ox * ox + oy * oy);
    return this;
  }
}
