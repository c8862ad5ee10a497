import assert from "node:assert/strict";
import { record, Rng, unitRoundoff, Weights } from "../engine/mod.ts";
import { textureBytes } from "../engine/tensor.ts";
import { matmul, packMatrix } from "../kernels/mod.ts";
import { panelLayout } from "../kernels/matmul/pack_matrix.ts";
import { checkEnrolment } from "../media/features/enrolment.ts";
import { Clip } from "../model/clip/clip.ts";
import { featureKey } from "../model/clip/feature_key.ts";
import { roundToHalves } from "../model/clip/precision.ts";
import { clipShapes } from "../model/clip/tensor_shapes.ts";
import { checkSubject, type SubjectState } from "../tta/clip_autt/subject_state.ts";
import { tuningModes } from "../tta/clip_autt/tuning_settings.ts";
import { gpuTest, sharedDevice } from "./devices.ts";
import { changed, smallClip, smallConfig } from "./small_clip.ts";

Deno.test("numbers are rounded to the nearest half, ties to the even one, on any machine alike", () => {
  const rng = new Rng(8), words = new Uint32Array(200_000);
  for (const i of words.keys()) words[i] = rng.integer(0, 0x477fefff) | rng.integer(0, 1) << 31;
  const edges = [0, -0, 1, 65504, 65519.996, 2 ** -14, 2 ** -24, 2 ** -25, 2 ** -26, 1e-30];
  const ties = [1 + 2 ** -11, 1 + 3 * 2 ** -11, 3 * 2 ** -25, 2 ** -14 - 2 ** -25, 2047.5, 2048.5];
  const numbers = Float32Array.from([...new Float32Array(words.buffer), ...edges, ...ties]);
  const got = numbers.slice();
  assert.equal(roundToHalves("some", got), true);
  assert.deepEqual(got, numbers.map(Math.f16round));
  assert.equal(roundToHalves("some", got), false);
  const odd = Float32Array.of(NaN, Infinity, -Infinity);
  assert.equal(roundToHalves("odd", odd), false);
  assert.deepEqual([...odd], [NaN, Infinity, -Infinity]);
});

Deno.test("a number beyond the range of halves is refused by name, before it becomes infinite", () => {
  for (const x of [65520, -70000, 3e38]) {
    assert.throws(() => roundToHalves("visual.proj", Float32Array.of(1, x)), {
      name: "RangeError",
      message: /Cannot keep "visual.proj" as halves: it holds -?\d[\d.e+]*, and they end at 65504/,
    });
  }
});

/** The most that rounding to a half changes a number. */
const ofHalf = (w: number) => Math.max(unitRoundoff.f16 * Math.abs(w), 2 ** -25);

for (const layout of ["panel", "tile"] as const) {
  for (const [m, k, n] of [[1, 5, 3], [7, 33, 21], [40, 257, 70], [130, 100, 6]] as const) {
    gpuTest(
      `a product ${m} x ${k} x ${n} by rounded weights (${layout}) is as near to the exact one as halves allow`,
      async () => {
        const device = await sharedDevice(), rng = new Rng(m + k + n);
        const x = Float32Array.from({ length: m * k }, () => rng.normal());
        // Of all sizes, tiny ones included, where halves keep fewer digits.
        const exact = Float32Array.from(
          { length: k * n },
          () => rng.normal() * 2 ** rng.integer(-20, 2),
        );
        const rounded = exact.slice();
        assert.ok(roundToHalves("w", rounded));
        using weights = new Weights(device);
        const w = await packMatrix(weights, "w", [k, n], rounded, { store: "f16", layout });
        using plan = await record(device, (r) => matmul(r, r.input("x", [m, k]), w));
        plan.write("x", x);
        plan.run();
        const got = await device.read(plan.outputs);
        let wrong = 0, all = 0;
        for (let row = 0; row < m; row++) {
          for (let column = 0; column < n; column++) {
            let sum = 0, sizes = 0, bound = 0;
            for (let i = 0; i < k; i++) {
              const a = x[row * k + i] as number, b = exact[i * n + column] as number;
              sum += a * b;
              sizes += Math.abs(a * b);
              bound += Math.abs(a) * ofHalf(b);
            }
            const error = Math.abs((got[row * n + column] as number) - sum);
            assert.ok(
              error <= bound + (k + 8) * unitRoundoff.f32 * sizes,
              `${row},${column}: ${error}`,
            );
            wrong += error ** 2;
            all += sum ** 2;
          }
        }
        // Roundings are independent, so their squares add up; and float32 alone would be far nearer.
        assert.ok(wrong <= unitRoundoff.f16 ** 2 * all, `${wrong / all}`);
        assert.ok(wrong > (k + 8) * unitRoundoff.f32 ** 2 * all, `${wrong / all}`);
      },
    );
  }
}

const { size } = smallConfig.image, { vocabulary } = smallConfig.text;
const images = [1, 2, 3].map((n) =>
  Uint8Array.from({ length: size * size * 4 }, (_, i) => Math.imul(i + 977 * n, 0x9e3779b1) >>> 24)
);
const prompts = [5, 9, 14].map((length, n) =>
  Array.from({ length }, (_, t) => t === length - 1 ? vocabulary - 1 : (7 * t + 31 * n) % 500)
);

/** The same checkpoint with the weights of all products rounded, or with all numbers so. */
const halved = (stored: "F16" | "F32") =>
  changed(smallClip(), (name, { shape, data }) => {
    const numbers = new Float32Array(data.buffer.slice(0));
    if (stored === "F16") {
      return [[name, { dtype: "F16", shape, data: Float16Array.from(numbers) }]];
    }
    if (shape.length > 1 && !/embedding/.test(name)) roundToHalves(name, numbers);
    return [[name, { dtype: "F32", shape, data: numbers }]];
  });

gpuTest(
  "weights kept as halves are their nearest halves, bit by bit, and all else is as it was",
  async () => {
    const device = await sharedDevice();
    using half = await Clip.load(device, smallClip(), { precision: "f16" });
    using rounded = await Clip.load(device, await halved("F32"));
    assert.deepEqual([half.precision, half.rounded], ["f16", true]);
    assert.deepEqual([rounded.precision, rounded.rounded], ["f32", false]);
    assert.deepEqual(await half.images.encode(images), await rounded.images.encode(images));
    assert.deepEqual(await half.prompts.encode(prompts), await rounded.prompts.encode(prompts));
  },
);

gpuTest(
  "a checkpoint of halves loses nothing as halves, and nothing of it is told apart",
  async () => {
    const device = await sharedDevice();
    using full = await Clip.load(device, await halved("F16"));
    using half = await Clip.load(device, await halved("F16"), { precision: "f16" });
    assert.equal(half.rounded, false);
    assert.deepEqual(await half.images.encode(images), await full.images.encode(images));
    assert.deepEqual(await half.prompts.encode(prompts), await full.prompts.encode(prompts));
    assert.equal(await half.featureKey(), await full.featureKey());
    assert.deepEqual(await half.identity(), { ...await full.identity(), precision: "f16" });
  },
);

gpuTest(
  "rounding costs a model no more than its products' roundings, and is told in its names",
  async () => {
    const device = await sharedDevice();
    using exact = await Clip.load(device, smallClip());
    using half = await Clip.load(device, smallClip(), { precision: "f16" });
    const nmse = (got: Float32Array, wanted: Float32Array) =>
      wanted.reduce((sum, x, i) => sum + (x - (got[i] ?? NaN)) ** 2, 0) /
      wanted.reduce((sum, x) => sum + x * x, 0);
    // In each layer the matrices of queries, keys, values, their sum, and the two of the perceptron; at the
    // ends that of the patches and the projection.
    const { image, text } = smallConfig, u2 = unitRoundoff.f16 ** 2;
    const seen = nmse(await half.images.encode(images), await exact.images.encode(images));
    const allowed = (6 * image.layers + 2) * u2;
    assert.ok(seen <= allowed && seen > allowed / 1000, `${seen}: wanted ${allowed}`);
    const read = nmse(await half.prompts.encode(prompts), await exact.prompts.encode(prompts));
    const allowedText = (6 * text.layers + 1) * u2;
    assert.ok(read <= allowedText && read > allowedText / 1000, `${read}: wanted ${allowedText}`);
    // Heads are for a checkpoint, features for its rounding.
    assert.equal(await half.fingerprint(), await exact.fingerprint());
    assert.deepEqual(await half.identity(), {
      ...await exact.identity(),
      precision: "f16",
      rounded: true,
    });
    assert.equal(await half.featureKey(), `f16-${await half.fingerprint()}`);
    assert.equal(await exact.featureKey(), await exact.fingerprint());
  },
);

for (const tunable of [false, true]) {
  gpuTest(
    `halves take half the memory of products' weights${tunable ? ", both ways round" : ""}`,
    async () => {
      const device = await sharedDevice(), { pool, adapter } = device;
      const bytesOf = async (precision: "f32" | "f16") => {
        const before = pool.bytesUsed;
        using _clip = await Clip.load(device, smallClip(), { precision, tunable });
        return pool.bytesUsed - before;
      };
      const width = (columns: number) => columns + (-columns & 3);
      const packed = (k: number, n: number) => {
        if (!adapter.lanes) return 4 * k * width(n);
        return textureBytes({ ...panelLayout(k, n, adapter.lanes), format: "rgba32float" });
      };
      let wanted = 0;
      for (const [name, shape] of clipShapes(smallConfig)) {
        if (shape.length < 2 || /embedding/.test(name)) continue;
        const [rows = 0, ...rest] = shape, columns = rest.reduce((a, b) => a * b, 1);
        // The joint matrix is kept as queries, and keys with values.
        const parts = /in_proj/.test(name) ? [rows / 3, 2 * rows / 3] : [rows];
        for (const part of parts) {
          const [k, n] = /proj$|projection/.test(name) ? [part, columns] : [columns, part];
          wanted += packed(k, n);
          if (tunable && !name.startsWith("visual")) wanted += packed(n, k);
        }
      }
      const full = await bytesOf("f32"), half = await bytesOf("f16");
      assert.equal(full - half, wanted / 2);
      assert.ok(wanted / full > 0.9, `${wanted} of ${full} bytes are weights of products`);
    },
  );
}

gpuTest(
  "a checkpoint with a weight beyond halves is refused, and leaves no memory behind",
  async () => {
    const device = await sharedDevice(), before = device.pool.bytesUsed;
    const large = () =>
      changed(smallClip(), (name, { shape, data }) => {
        const numbers = new Float32Array(data.buffer.slice(0));
        if (name === "transformer.resblocks.1.mlp.c_fc.weight") numbers[77] = 1e5;
        return [[name, { dtype: "F32", shape, data: numbers }]];
      });
    await assert.rejects(Clip.load(device, await large(), { precision: "f16" }), {
      message:
        'Cannot keep "transformer.resblocks.1.mlp.c_fc.weight" as halves: it holds 100000, ' +
        "and they end at 65504: load it as f32",
    });
    assert.equal(device.pool.bytesUsed, before);
    using _clip = await Clip.load(device, await large());
  },
);

Deno.test("what was made of a person with rounded weights is not mixed with others, and that is said", () => {
  const plain = "a".repeat(64), rounded = featureKey(plain, true);
  assert.equal(featureKey(plain, false), plain);
  const enrolment = { cropped: true, videos: 1, frames: 5, mean: Float32Array.of(1, 2) };
  const wanted = { cropped: true, width: 2 };
  const state = (model: string): SubjectState => ({
    ...{ model, settings: tuningModes.paper, shape: [1, 1, 1], outcomes: [] },
    tuning: { context: Float32Array.of(0), m: Float32Array.of(0), v: Float32Array.of(0), step: 0 },
    moved: { distance: 0, largest: 0 },
  });
  for (
    const [made, here, why] of [
      [rounded, plain, "it was made with weights rounded to halves, and here they are not"],
      [plain, rounded, "it was made with weights as they are, and here they are rounded to halves"],
    ] as const
  ) {
    const told = `${why} (--precision f16)`;
    assert.throws(() => checkEnrolment({ ...enrolment, clip: made }, { ...wanted, clip: here }), {
      message: `Cannot use this person's enrolment: ${told}: enroll them again`,
    });
    assert.throws(() => checkSubject(state(`${made}+head`), state(`${here}+head`)), {
      message: `Cannot go on with this subject: ${told}, or begin anew`,
    });
    checkSubject(state(`${made}+head`), state(`${made}+head`));
    assert.throws(
      () => checkSubject(state(`${made}+other`), state(`${here}+head`)),
      /its model is/,
    );
  }
});
