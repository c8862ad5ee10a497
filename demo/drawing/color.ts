import { mix } from "./exact.ts";

/** Red, green and blue, each from 0 to 1. */
export interface Color {
  readonly r: number;
  readonly g: number;
  readonly b: number;
}

/** A color of three numbers. */
export function color(r: number, g: number, b: number): Color {
  return { r, g, b };
}

/** A color that is painted over and over: one for a pixel. */
export class Paint {
  r = 0;
  g = 0;
  b = 0;

  set({ r, g, b }: Color): void {
    this.r = r;
    this.g = g;
    this.b = b;
  }

  /** Covers it with a color, made darker or lighter by `light`, where `share` is how much. */
  cover({ r, g, b }: Color, light: number, share: number): void {
    this.r = mix(this.r, r * light, share);
    this.g = mix(this.g, g * light, share);
    this.b = mix(this.b, b * light, share);
  }

  /** Makes it darker or lighter. */
  light(by: number): void {
    this.r *= by;
    this.g *= by;
    this.b *= by;
  }
}
