import { sizeAt, type Values } from "../../engine/mod.ts";

/** What a function makes of the numbers of each channel of each picture `[..., C]`, given their places. */
export function mapChannels(
  { shape, data }: Values,
  pictures: number,
  f: (numbers: Float64Array, places: readonly number[]) => Float64Array,
): Float64Array {
  const channels = sizeAt(shape, -1), pixels = data.length / channels / pictures;
  const results = new Float64Array(data.length);
  for (let b = 0; b < pictures; b++) {
    for (let c = 0; c < channels; c++) {
      const places = Array.from({ length: pixels }, (_, i) => (b * pixels + i) * channels + c);
      const values = f(Float64Array.from(places, (at) => data[at] as number), places);
      for (const [i, at] of places.entries()) results[at] = values[i] as number;
    }
  }
  return results;
}

const average = (numbers: Float64Array) => numbers.reduce((sum, x) => sum + x, 0) / numbers.length;

/** The mean of numbers, and their variance, divided by their count. */
export function momentsOf(numbers: Float64Array) {
  const mean = average(numbers);
  return { mean, variance: average(numbers.map((x) => (x - mean) ** 2)) };
}

function standard(numbers: Float64Array, eps: number) {
  const { mean, variance } = momentsOf(numbers), deviation = Math.sqrt(variance + eps);
  return { z: numbers.map((x) => (x - mean) / deviation), deviation };
}

/** Each channel of each picture with its mean and variance taken out. */
export function channelNormReference(x: Values, pictures: number, eps: number): Values {
  const data = mapChannels(x, pictures, (numbers) => standard(numbers, eps).z);
  return { shape: x.shape, data };
}

/** The gradient of that. */
export function channelNormGradientReference(
  x: Values,
  dy: Values,
  pictures: number,
  eps: number,
): Values {
  const data = mapChannels(x, pictures, (numbers, places) => {
    const { z, deviation } = standard(numbers, eps);
    const g = Float64Array.from(places, (at) => dy.data[at] as number);
    const slope = average(g), product = average(g.map((v, i) => v * (z[i] as number)));
    return g.map((v, i) => (v - slope - (z[i] as number) * product) / deviation);
  });
  return { shape: x.shape, data };
}
