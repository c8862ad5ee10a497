import { Rng } from "../engine/mod.ts";
import { TtaCap, type TtaCapModel } from "../tta/tta_cap/tta_cap.ts";
import type { TtaCapStep } from "../tta/tta_cap/step_record.ts";
import { unit } from "../numbers/vectors.ts";

/** A made-up person: texts, prototypes and windows that lie about their classes' directions. */
export interface World {
  readonly classes: Float64Array[];
  readonly prototypes: Float64Array[][];
  readonly windows: Float64Array[];
}

/** Draws a world in which texts, prototypes and windows of a class are alike, but not the same. */
export function makeWorld(seed: number, { classes = 2, width = 64, windows = 60 } = {}): World {
  const rng = new Rng(seed);
  const normals = () => Float64Array.from({ length: width }, () => rng.normal());
  const face = normals(), word = normals();
  const own = Array.from({ length: classes }, normals);
  const towards = (common: Float64Array, share: number) =>
    own.map((one) => common.map((x, d) => 3 * x + share * (one[d] as number)));
  // As with CLIP: images lie apart from texts, and classes differ little within either.
  const images = towards(face, 1), texts = towards(word, 0.25);
  const near = (center: Float64Array, spread: number) => {
    const noise = normals();
    return unit(center.map((x, d) => x + spread * (noise[d] as number)));
  };
  return {
    classes: texts.map((center) => near(center, 0.02)),
    prototypes: images.map((center) => Array.from({ length: 7 }, () => near(center, 0.3))),
    windows: Array.from({ length: windows }, (_, i) => {
      // Runs of one class, as in a video.
      const center = images[Math.floor(i / 10) % classes] as Float64Array;
      return near(center, 0.6);
    }),
  };
}

/** Runs a person over windows. */
export function runOver(
  { classes, prototypes, windows }: World,
  model: Partial<TtaCapModel> = {},
): TtaCapStep[] {
  const person = new TtaCap({ classes, prototypes, ...model });
  return windows.map((window) => person.step(window));
}
