import assert from "node:assert/strict";
import { Rng } from "../engine/mod.ts";
import type { StoredTensor, TensorFile } from "../io/tensors/tensor_file.ts";
import { TemporalTransformer } from "../model/temporal_transformer/temporal_transformer.ts";
import { gpuTest, sharedDevice } from "./devices.ts";

const width = 24, heads = 3, size = 8, hidden = 40, layers = 2, longest = 6;

/** A made-up transformer, in memory. */
function makeFile(
  without?: string,
): TensorFile & { numbers: Map<string, Float32Array<ArrayBuffer>> } {
  const rng = new Rng(21), inner = heads * size;
  const shapes: Record<string, number[]> = {
    cls_token: [1, 1, width],
    pos_embedding: [1, longest + 1, width],
    "norm.weight": [width],
    "norm.bias": [width],
  };
  for (let i = 0; i < layers; i++) {
    const layer = `transformer.layers.${i}`;
    Object.assign(shapes, {
      [`${layer}.0.fn.norm.weight`]: [width],
      [`${layer}.0.fn.norm.bias`]: [width],
      [`${layer}.0.fn.fn.to_qkv.weight`]: [3 * inner, width],
      [`${layer}.0.fn.fn.to_out.0.weight`]: [width, inner],
      [`${layer}.0.fn.fn.to_out.0.bias`]: [width],
      [`${layer}.1.fn.norm.weight`]: [width],
      [`${layer}.1.fn.norm.bias`]: [width],
      [`${layer}.1.fn.fn.net.0.weight`]: [hidden, width],
      [`${layer}.1.fn.fn.net.0.bias`]: [hidden],
      [`${layer}.1.fn.fn.net.3.weight`]: [width, hidden],
      [`${layer}.1.fn.fn.net.3.bias`]: [width],
    });
  }
  const numbers = new Map<string, Float32Array<ArrayBuffer>>();
  const tensors = new Map<string, StoredTensor>();
  for (const [name, shape] of Object.entries(shapes)) {
    if (name === without) continue;
    const count = shape.reduce((a, b) => a * b, 1);
    numbers.set(name, Float32Array.from({ length: count }, () => 0.3 * rng.normal()));
    tensors.set(`temporal.${name}`, { dtype: "F32", shape });
  }
  return {
    name: "made up",
    tensors,
    numbers,
    metadata: new Map(),
    read: (name) =>
      Promise.resolve(
        new Uint8Array(numbers.get(name.slice("temporal.".length))?.slice().buffer ?? []),
      ),
    [Symbol.dispose]() {},
  };
}

type Matrix = number[][];

/** The same in float64, as it is told: one window `[F, D]` to `[D]`. */
function reference(numbers: ReadonlyMap<string, Float32Array>, frames: Matrix): number[] {
  const get = (name: string) => [...numbers.get(name) ?? []];
  const norm = (x: Matrix, name: string): Matrix =>
    x.map((row) => {
      const mean = row.reduce((a, b) => a + b, 0) / width;
      const variance = row.reduce((a, b) => a + (b - mean) ** 2, 0) / width;
      const weight = get(`${name}.weight`), bias = get(`${name}.bias`);
      return row.map((v, d) =>
        (v - mean) / Math.sqrt(variance + 1e-5) * (weight[d] ?? NaN) + (bias[d] ?? NaN)
      );
    });
  const linear = (x: Matrix, name: string): Matrix => {
    const w = get(`${name}.weight`), bias = get(`${name}.bias`);
    return x.map((row) =>
      Array.from(
        { length: w.length / row.length },
        (_, o) => row.reduce((sum, v, i) => sum + v * (w[o * row.length + i] ?? NaN), bias[o] ?? 0),
      )
    );
  };
  const add = (a: Matrix, b: Matrix) =>
    a.map((row, i) => row.map((v, d) => v + (b[i]?.[d] ?? NaN)));
  const token = get("cls_token"), positions = get("pos_embedding");
  let x = [token, ...frames].map((row, t) =>
    row.map((v, d) => v + (positions[t * width + d] ?? NaN))
  );
  for (let layer = 0; layer < layers; layer++) {
    const name = `transformer.layers.${layer}`, inner = heads * size;
    const qkv = linear(norm(x, `${name}.0.fn.norm`), `${name}.0.fn.fn.to_qkv`);
    const seen = qkv.map((row) =>
      Array.from({ length: inner }, (_, column) => {
        const first = Math.floor(column / size) * size;
        const scores = qkv.map((other) => {
          let sum = 0;
          for (let k = first; k < first + size; k++) {
            sum += (row[k] ?? NaN) * (other[inner + k] ?? NaN);
          }
          return Math.exp(sum / Math.sqrt(size));
        });
        const all = scores.reduce((a, b) => a + b, 0);
        return scores.reduce(
          (sum, s, t) => sum + s / all * (qkv[t]?.[2 * inner + column] ?? NaN),
          0,
        );
      })
    );
    x = add(x, linear(seen, `${name}.0.fn.fn.to_out.0`));
    const up = linear(norm(x, `${name}.1.fn.norm`), `${name}.1.fn.fn.net.0`);
    const bent = up.map((row) =>
      row.map((v) => 0.5 * v * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (v + 0.044715 * v ** 3))))
    );
    x = add(x, linear(bent, `${name}.1.fn.fn.net.3`));
  }
  return norm(x, "norm")[0] ?? [];
}

for (const design of ["chosen", "gpu"] as const) {
  gpuTest(`the temporal transformer is what it is told to be (${design} kernels)`, async () => {
    const file = makeFile(), rng = new Rng(22);
    using model = await TemporalTransformer.load(await sharedDevice(design), file, { heads });
    for (const [windows, frames] of [[1, 1], [3, 4], [70, longest]] as const) {
      const input = Float32Array.from({ length: windows * frames * width }, () => rng.normal());
      const got = await model.embed(input, frames);
      assert.equal(got.length, windows * width);
      for (const w of [0, windows - 1]) {
        const rows = Array.from({ length: frames }, (_, f) => {
          const at = (w * frames + f) * width;
          return [...input.subarray(at, at + width)];
        });
        for (const [d, wanted] of reference(file.numbers, rows).entries()) {
          const found = got[w * width + d] ?? NaN;
          assert.ok(
            Math.abs(found - wanted) < 1e-5,
            `window ${w} at ${d}: ${found}, not ${wanted}`,
          );
        }
      }
    }
  });
}

gpuTest("a temporal transformer says what it cannot load or embed", async () => {
  const device = await sharedDevice();
  const load = (file: TensorFile, options = {}) => TemporalTransformer.load(device, file, options);
  await assert.rejects(
    load(makeFile("cls_token"), { heads }),
    /"temporal.cls_token" .* got nothing/,
  );
  await assert.rejects(load(makeFile("pos_embedding")), /has no tensor "temporal.pos_embedding"/);
  await assert.rejects(load(makeFile()), /24 columns do not make 0.375 heads: say how many it has/);
  await assert.rejects(load(makeFile(), { heads: 5 }), /24 columns do not make 5 heads/);
  await assert.rejects(
    load(makeFile(), { heads, prefix: "t." }),
    /has no tensor "t.pos_embedding"/,
  );
  using model = await load(makeFile(), { heads });
  await assert.rejects(
    model.embed(new Float32Array(7 * width), 7),
    /of 7 frames: wanted from 1 to 6/,
  );
  await assert.rejects(model.embed(new Float32Array(5), 1), /of 5 numbers: wanted 24 for each/);
});
