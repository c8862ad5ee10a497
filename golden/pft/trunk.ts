import {
  addMaps,
  averageMaps,
  convolve,
  normalizeBatch,
  type NormWeights,
  poolLargest,
  rectify,
} from "./map_steps.ts";
import { type Numbers, numbersIn } from "./pft_set.ts";
import { type Maps, mapsOf, type Tape } from "./tape.ts";

/** The mean and standard deviation of colours that the release's networks learned with. */
const colours = { mean: [0.485, 0.456, 0.406], deviation: [0.229, 0.224, 0.225] } as const;

/** Pictures `[N, 3, side, side]` as the networks get them; in float32, as the release does. */
export function normalizedPictures(bytes: ArrayLike<number>, side: number): Maps {
  const values = Float64Array.from(bytes, (byte, i) => {
    const c = Math.floor(i / (side * side)) % 3;
    const centred = Math.fround(
      Math.fround(byte / 255) - Math.fround(colours.mean[c] as number),
    );
    return Math.fround(centred / Math.fround(colours.deviation[c] as number));
  });
  return mapsOf([values.length / (3 * side * side), 3, side, side], values);
}

/** What a trunk makes of pictures: the maps after its stem and its layers, and the mean of the last. */
export interface TrunkOutput {
  readonly maps: readonly Maps[];
  readonly features: Maps;
}

/** A ResNet-18 without classifier, as the release has it twice, of any width. */
export function runTrunk(numbers: Numbers, prefix: string, x: Maps, tape?: Tape): TrunkOutput {
  const of = (name: string) => numbersIn(numbers, prefix + name);
  const norm = (y: Maps, name: string) => {
    const stored: NormWeights = {
      weight: of(`${name}.weight`),
      bias: of(`${name}.bias`),
      running_mean: of(`${name}.running_mean`),
      running_var: of(`${name}.running_var`),
    };
    return normalizeBatch(y, stored, tape, prefix + name);
  };
  const convolved = (y: Maps, name: string, normName: string, stride: number) => {
    const outputs = of(`${normName}.bias`).length, weight = `${name}.weight`;
    return norm(convolve(y, of(weight), outputs, stride, tape, prefix + weight), normName);
  };
  const block = (y: Maps, name: string, stride: number) => {
    const first = rectify(convolved(y, `${name}.conv1`, `${name}.bn1`, stride), tape);
    const second = convolved(first, `${name}.conv2`, `${name}.bn2`, 1);
    const shortcut = numbers.has(`${prefix}${name}.downsample.0.weight`)
      ? convolved(y, `${name}.downsample.0`, `${name}.downsample.1`, stride)
      : y;
    return rectify(addMaps(second, shortcut, tape), tape);
  };
  const maps = [poolLargest(rectify(convolved(x, "conv1", "bn1", 2), tape), tape)];
  for (let layer = 1; layer <= 4; layer++) {
    const first = block(maps[layer - 1] as Maps, `layer${layer}.0`, layer === 1 ? 1 : 2);
    maps.push(block(first, `layer${layer}.1`, 1));
  }
  return { maps, features: averageMaps(maps[4] as Maps, tape) };
}
