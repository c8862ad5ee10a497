import { type Maps, mapsOf, type Tape } from "./tape.ts";

/** Adds a product to one number. */
function add(sums: Float64Array, at: number, term: number): void {
  sums[at] = (sums[at] as number) + term;
}

/** Calls for each pair of a weight and a row of outputs that it reaches: what inputs it reaches them from. */
function eachRow(
  [count, channels, height, width]: Maps["shape"],
  [, outputs, outHeight, outWidth]: Maps["shape"],
  side: number,
  stride: number,
  visit: (weight: number, input: number, output: number, length: number) => void,
): void {
  const pad = side >> 1;
  for (let n = 0; n < count; n++) {
    for (let o = 0; o < outputs; o++) {
      for (let c = 0; c < channels; c++) {
        for (let tap = 0; tap < side * side; tap++) {
          const top = Math.floor(tap / side) - pad, left = tap % side - pad;
          // The first and the last output whose input is inside the map.
          const from = Math.max(0, Math.ceil(-left / stride));
          const to = Math.min(outWidth - 1, Math.floor((width - 1 - left) / stride));
          for (let y = 0; y < outHeight; y++) {
            const row = y * stride + top;
            if (row < 0 || row >= height) continue;
            visit(
              (o * channels + c) * side * side + tap,
              ((n * channels + c) * height + row) * width + from * stride + left,
              ((n * outputs + o) * outHeight + y) * outWidth + from,
              to - from + 1,
            );
          }
        }
      }
    }
  }
}

/** A convolution without bias, weights `[outputs, C, side, side]`, padded by half a side. */
export function convolve(
  x: Maps,
  weight: Float64Array,
  outputs: number,
  stride: number,
  tape?: Tape,
  name = "",
): Maps {
  const [count, channels, height, width] = x.shape;
  const side = Math.sqrt(weight.length / (outputs * channels)), around = 2 * (side >> 1) - side;
  const size = (of: number) => Math.floor((of + around) / stride) + 1;
  const y = mapsOf([count, outputs, size(height), size(width)]);
  const { values } = x, results = y.values;
  eachRow(x.shape, y.shape, side, stride, (w, input, output, length) => {
    const factor = weight[w] as number;
    for (let i = 0; i < length; i++) {
      results[output + i] = (results[output + i] as number) +
        factor * (values[input + i * stride] as number);
    }
  });
  tape?.keep(() => {
    const gradient = tape.gradientOf(name, weight.length);
    eachRow(x.shape, y.shape, side, stride, (w, input, output, length) => {
      for (let i = 0; i < length; i++) {
        const by = y.gradient[output + i] as number;
        add(gradient, w, by * (values[input + i * stride] as number));
        add(x.gradient, input + i * stride, by * (weight[w] as number));
      }
    });
  });
  return y;
}

/** What one batch normalization stores. */
export interface NormWeights {
  readonly weight: Float64Array;
  readonly bias: Float64Array;
  readonly running_mean: Float64Array;
  readonly running_var: Float64Array;
}

/**
 * Batch normalization: by running statistics, or with a tape by the batch's own, which then move the
 * running ones.
 */
export function normalizeBatch(x: Maps, norm: NormWeights, tape?: Tape, name = ""): Maps {
  const [, channels, height, width] = x.shape, size = height * width;
  const count = x.values.length / channels, y = mapsOf(x.shape);
  const channelOf = (i: number) => Math.floor(i / size) % channels;
  const mean = Float64Array.from(norm.running_mean), variance = Float64Array.from(norm.running_var);
  if (tape) {
    mean.fill(0);
    variance.fill(0);
    for (const [i, value] of x.values.entries()) add(mean, channelOf(i), value / count);
    for (const [i, value] of x.values.entries()) {
      const c = channelOf(i);
      add(variance, c, (value - (mean[c] as number)) ** 2 / count);
    }
    for (let c = 0; c < channels; c++) {
      const unbiased = (variance[c] as number) * count / (count - 1);
      norm.running_mean[c] = 0.9 * (norm.running_mean[c] as number) + 0.1 * (mean[c] as number);
      norm.running_var[c] = 0.9 * (norm.running_var[c] as number) + 0.1 * unbiased;
    }
  }
  const scale = variance.map((of) => 1 / Math.sqrt(of + 1e-5));
  const unitOf = (i: number, c: number) =>
    ((x.values[i] as number) - (mean[c] as number)) * (scale[c] as number);
  for (let i = 0; i < x.values.length; i++) {
    const c = channelOf(i);
    y.values[i] = unitOf(i, c) * (norm.weight[c] as number) + (norm.bias[c] as number);
  }
  tape?.keep(() => {
    const byWeight = tape.gradientOf(`${name}.weight`, channels);
    const byBias = tape.gradientOf(`${name}.bias`, channels);
    for (const [i, by] of y.gradient.entries()) {
      const c = channelOf(i);
      add(byBias, c, by);
      add(byWeight, c, by * unitOf(i, c));
    }
    for (const [i, by] of y.gradient.entries()) {
      const c = channelOf(i), ofMean = (byBias[c] as number) / count;
      const ofSpread = unitOf(i, c) * (byWeight[c] as number) / count;
      add(
        x.gradient,
        i,
        (by - ofMean - ofSpread) * (norm.weight[c] as number) * (scale[c] as number),
      );
    }
  });
  return y;
}

/** Sets what is negative to zero. */
export function rectify(x: Maps, tape?: Tape): Maps {
  const y = mapsOf(x.shape, x.values.map((value) => Math.max(0, value)));
  tape?.keep(() => {
    for (const [i, by] of y.gradient.entries()) {
      if ((x.values[i] as number) > 0) add(x.gradient, i, by);
    }
  });
  return y;
}

/** The sum of two maps. */
export function addMaps(a: Maps, b: Maps, tape?: Tape): Maps {
  const y = mapsOf(a.shape, a.values.map((value, i) => value + (b.values[i] as number)));
  tape?.keep(() => {
    for (const [i, by] of y.gradient.entries()) {
      add(a.gradient, i, by);
      add(b.gradient, i, by);
    }
  });
  return y;
}

/** The largest of each 3 by 3 numbers, every second of them, without what is outside the map. */
export function poolLargest(x: Maps, tape?: Tape): Maps {
  const [count, channels, height, width] = x.shape;
  const size = (of: number) => Math.floor((of - 1) / 2) + 1;
  const y = mapsOf([count, channels, size(height), size(width)]);
  const [, , outHeight, outWidth] = y.shape;
  const sources = Uint32Array.from(y.values, (_, i) => {
    const left = 2 * (i % outWidth) - 1, top = 2 * (Math.floor(i / outWidth) % outHeight) - 1;
    const plane = Math.floor(i / (outWidth * outHeight)) * height * width;
    let most = -Infinity, source = plane;
    for (let row = Math.max(0, top); row < Math.min(height, top + 3); row++) {
      for (let column = Math.max(0, left); column < Math.min(width, left + 3); column++) {
        const at = plane + row * width + column;
        if ((x.values[at] as number) > most) [most, source] = [x.values[at] as number, at];
      }
    }
    return source;
  });
  for (const [i, source] of sources.entries()) y.values[i] = x.values[source] as number;
  tape?.keep(() => {
    for (const [i, source] of sources.entries()) add(x.gradient, source, y.gradient[i] as number);
  });
  return y;
}

/** The mean of each map, as maps of one number. */
export function averageMaps(x: Maps, tape?: Tape): Maps {
  const [count, channels, height, width] = x.shape, size = height * width;
  const y = mapsOf([count, channels, 1, 1]);
  for (const [i, value] of x.values.entries()) add(y.values, Math.floor(i / size), value / size);
  tape?.keep(() => {
    for (let i = 0; i < x.gradient.length; i++) {
      add(x.gradient, i, (y.gradient[Math.floor(i / size)] as number) / size);
    }
  });
  return y;
}
