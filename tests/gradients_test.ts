import assert from "node:assert/strict";
import {
  type AnyTensor,
  type Device,
  differentiate,
  elements,
  record,
  Rng,
  type Tensor,
  unitRoundoff,
  type Values,
} from "../engine/mod.ts";
import { fillOperands, recordOperands } from "../kernels/case_operands.ts";
import { type AnyKernel, type Case, caseName, sketchOperands } from "../kernels/kernel.ts";
import {
  adamw,
  adamwDefaults,
  add,
  attention,
  entropy,
  grad,
  layerNorm,
  matmul,
  mean,
  multiply,
  quickGelu,
} from "../kernels/mod.ts";
import { attentionGradientKernel } from "../kernels/attention_gradient/cases.ts";
import { attentionKernel } from "../kernels/attention/cases.ts";
import { kernels } from "../kernels/proofs.ts";
import { designs, gpuTest, sharedDevice } from "./devices.ts";
import { fake } from "./fakes.ts";

/** Operands by which there is no derivative, though there is one by others of the same operation. */
const constants: Readonly<Record<string, readonly string[]>> = {
  layer_norm: ["scale", "shift"], // never tuned
  divergence: ["q"], // what is wanted, not what is found
};

/** Cases that are small, and plain numbers: a derivative at infinity is nothing to compare. */
function chosenCases(kernel: AnyKernel): Case<unknown>[] {
  return kernel.cases()
    .filter(({ inputs, note = "" }) => {
      const operands = Object.values(inputs).filter((operand) => operand !== undefined);
      return !/special|NaN|outside|equal|zeros|floor|far|mean \d|constant rows|one column/.test(
        note,
      ) &&
        operands.every(({ kind, shape }) => kind === "tensor" && elements(shape) < 3000);
    })
    .filter((_, i) => i % 3 === 0)
    .slice(0, 8);
}

/** The derivative of `sum(u f)` along a direction of one operand, by differences of four points. */
function slopeOf(
  kernel: AnyKernel,
  test: Case<unknown>,
  values: Readonly<Record<string, Values>>,
  operand: string,
  direction: Float64Array,
  u: Float64Array,
): number {
  const step = 1e-4, at = values[operand] as Values;
  const f = (distance: number) => {
    const moved = at.data.map((x, i) => x + distance * (direction[i] ?? NaN));
    const [{ data }] = kernel.reference(
      { ...values, [operand]: { shape: at.shape, data: moved } },
      test.attrs,
    );
    return data.reduce((sum, y, i) => sum + y * (u[i] ?? NaN), 0);
  };
  return (f(-2 * step) - 8 * f(-step) + 8 * f(step) - f(2 * step)) / (12 * step);
}

const norm = (numbers: ArrayLike<number>) =>
  Math.sqrt(Array.from(numbers).reduce((sum, x) => sum + x * x, 0));

/** Checks the derivative by each operand of a case along one random direction. */
async function checkCase(device: Device, kernel: AnyKernel, test: Case<unknown>): Promise<number> {
  const name = caseName(kernel, test);
  const rng = new Rng([...name].reduce((sum, c) => Math.imul(sum, 31) + c.charCodeAt(0), 11));
  const filled = fillOperands(test, rng);
  const values = Object.fromEntries(
    [...filled].map(([key, { operand, data }]) => [
      key,
      { shape: operand.shape, data: Float64Array.from(data) },
    ]),
  );
  const [{ shape }] = kernel.reference(values, test.attrs);
  const u = Float32Array.from({ length: elements(shape) }, () => rng.normal());
  const names = [...filled.keys()].filter((key) => {
    const operand = test.inputs[key];
    return operand?.kind === "tensor" && operand.dtype === "f32" &&
      !constants[kernel.op.name]?.includes(key);
  });
  using plan = await record(device, (r) => {
    const operands = recordOperands(r, filled, new Map()) as Record<string, AnyTensor>;
    const y = kernel.record(r, operands, test.attrs) as Tensor;
    const by = names.map((key) => operands[key] as Tensor);
    return differentiate(r, y, by, add, r.input("u", shape));
  });
  for (const [key, { data }] of filled) if (plan.inputs.has(key)) plan.write(key, data);
  plan.write("u", u);
  plan.run();
  const gradients = await device.read(plan.outputs);
  for (const [i, key] of names.entries()) {
    const gradient = gradients[i] as Float32Array;
    const direction = Float64Array.from(gradient, () => rng.normal());
    const got = gradient.reduce((sum, g, j) => sum + g * (direction[j] ?? NaN), 0);
    const wanted = slopeOf(kernel, test, values, key, direction, Float64Array.from(u));
    // By Cauchy and Schwarz, from the roundings that the gradient has as the function has them, and
    // as many again; the floor is what four points leave of a derivative near zero.
    const roundings = 4 * kernel.roundings(sketchOperands(test), test.attrs) + 64;
    const size = Math.max(norm(gradient), norm(u) * 1e-3) * norm(direction);
    const allowed = Math.sqrt(roundings) * unitRoundoff.f32 * size + 1e-9 * size;
    assert.ok(
      Math.abs(got - wanted) <= allowed,
      `${name} by ${key}: ${got}: wanted ${wanted}, ${
        Math.abs(got - wanted) / allowed
      } of the tolerance`,
    );
  }
  return names.length;
}

/** Attention as the models use it, keys and values in one tensor: that is what has a gradient. */
const attentionOfTwo: AnyKernel = {
  ...attentionGradientKernel,
  op: {
    ...attentionGradientKernel.op,
    name: "attention of two",
    gradient: () => ({}),
  },
  reference: (values, attrs) => {
    const { q, kv, ranges } = values as Record<"q" | "kv" | "ranges", Values>;
    const width = q.shape.at(-1) ?? 0;
    const offsets = { width, qOffset: 0, kOffset: 0, vOffset: width };
    return attentionKernel.reference({ q, k: kv, v: kv, ranges }, { ...attrs, ...offsets });
  },
  record: (r, { q, kv, ranges, seenBy }, attrs) =>
    attention(r, q, kv, { ...attrs, ranges, seenBy }),
  cases: () =>
    attentionGradientKernel.cases().map((test) => {
      const { y: _y, dy: _dy, ...inputs } = test.inputs;
      return { ...test, inputs };
    }),
};

const differentiable = kernels.filter(({ op }) => op.gradient && op.name !== "attention");
for (const kernel of [...differentiable, attentionOfTwo]) {
  gpuTest(`the gradient of ${kernel.op.name} is its derivative`, async () => {
    for (const design of Object.keys(designs) as (keyof typeof designs)[]) {
      const device = await sharedDevice(design);
      let checked = 0;
      for (const test of chosenCases(kernel)) checked += await checkCase(device, kernel, test);
      assert.ok(checked >= 2, `only ${checked} derivatives were checked`);
    }
  });
}

gpuTest(
  "a composition's gradient is its derivative, and what is used twice counts twice",
  async () => {
    const device = await sharedDevice();
    const rows = 5, width = 8;
    // f(x) = mean of entropy(quick_gelu(norm(x) w) + norm(x))
    const model = (r: Parameters<Parameters<typeof record>[1]>[0], x: Tensor, w: Tensor) => {
      const ones = r.constant("ones", [width], "f32", new Float32Array(width).fill(1));
      const zeros = r.constant("zeros", [width], "f32", new Float32Array(width));
      const z = layerNorm(r, x, ones, zeros);
      return mean(r, entropy(r, add(r, quickGelu(r, matmul(r, z, w)), z)), 0);
    };
    using plan = await record(device, (r) => {
      const x = r.input("x", [rows, width]), w = r.input("w", [width, width]);
      const loss = model(r, x, w);
      return { loss, slopes: grad(r, loss, [x, w]) };
    });
    const rng = new Rng(4);
    const x = Float32Array.from({ length: rows * width }, () => rng.normal());
    const w = Float32Array.from({ length: width * width }, () => 0.5 * rng.normal());
    const evaluate = async (at: Float32Array<ArrayBuffer>, weights: Float32Array<ArrayBuffer>) => {
      plan.write("x", at);
      plan.write("w", weights);
      plan.run();
      return (await device.read(plan.outputs.loss))[0] ?? NaN;
    };
    await evaluate(x, w);
    const [dx, dw] = await device.read(plan.outputs.slopes);
    for (
      const [numbers, slope, put] of [
        [x, dx, (moved: Float32Array<ArrayBuffer>) => evaluate(moved, w)],
        [w, dw, (moved: Float32Array<ArrayBuffer>) => evaluate(x, moved)],
      ] as const
    ) {
      const direction = Float32Array.from(numbers, () => rng.normal());
      // Float32 all the way: steps large enough to stand out of the rounding.
      const along = (step: number) =>
        put(numbers.map((v, i) => v + step * (direction[i] ?? NaN)) as Float32Array<ArrayBuffer>);
      const step = 1e-2;
      const wanted = (await along(-2 * step) - 8 * await along(-step) + 8 * await along(step) -
        await along(2 * step)) / (12 * step);
      const got = (slope as Float32Array).reduce((sum, g, i) => sum + g * (direction[i] ?? NaN), 0);
      assert.ok(
        Math.abs(got - wanted) < 2e-3 * Math.max(Math.abs(wanted), 0.1),
        `${got}: wanted ${wanted}`,
      );
    }
  },
);

gpuTest("only what lies between the leaves and the loss is recorded", async () => {
  const device = await sharedDevice();
  using plan = await record(device, (r) => {
    const x = r.input("x", [4, 8]), w = r.input("w", [8, 2]), other = r.input("other", [4, 8]);
    matmul(r, x, w); // depends on x, but the loss does not depend on it
    const loss = mean(r, entropy(r, matmul(r, add(r, x, other), w)), 0);
    return grad(r, loss, [x]);
  });
  const names = plan.applications.map(({ op }) => op.name);
  // No derivative by w: no transpose, and one product on the way back. The loss itself is not read.
  assert.deepEqual(names, ["add", "matmul", "repeat", "entropy_gradient", "matmul"]);
});

gpuTest("parameters that an optimiser has updated are constants for gradients", async () => {
  const device = await sharedDevice();
  using plan = await record(device, (r) => {
    const input = (name: string) => r.input(name, [2]);
    const x = input("x"), p = input("p");
    const g = add(r, x, x);
    const step = { p, g, m: input("m"), v: input("v"), correction: input("correction") };
    // The derivative of mean(p' x) by x is p' / 2, though p' was computed from x.
    const next = adamw(r, step, { ...adamwDefaults, decay: 0 });
    return { p: next.p, slopes: grad(r, mean(r, multiply(r, next.p, x), 0), [x]) };
  });
  for (const name of ["x", "p", "m", "v"]) plan.write(name, Float32Array.of(0.5, 2));
  plan.write("correction", Float32Array.of(1, 1));
  plan.run();
  const [slope, p] = await device.read([...plan.outputs.slopes, plan.outputs.p]);
  assert.deepEqual([...slope as Float32Array], Array.from(p as Float32Array, (value) => value / 2));
});

gpuTest("what can't be differentiated is refused, with its name", async () => {
  const device = await sharedDevice();
  await assert.rejects(record(device, (r) => grad(r, r.input("x", [2]), [])), {
    message: /Cannot differentiate "x": a loss is one number: got \[2\]/,
  });
  await assert.rejects(
    record(device, (r) => {
      const x = r.input("x", [1]);
      return grad(r, fake(r, x), [x]);
    }),
    { message: /Cannot differentiate fake\[N=1\]: fake has no gradient/ },
  );
  await assert.rejects(
    record(
      device,
      (r) => grad(r, add(r, r.input("x", [1]), r.input("y", [1])), [r.input("z", [1])]),
    ),
    { message: /by "z": the loss does not depend on it/ },
  );
  await assert.rejects(
    record(device, (r) => {
      const x = r.input("x", [1, 4]), scale = r.input("scale", [4]);
      return grad(r, mean(r, entropy(r, layerNorm(r, x, scale, scale)), 0), [scale]);
    }),
    { message: /its rule says nothing of "scale"/ },
  );
});

gpuTest("a plan goes on where its last run ended, by assignments", async () => {
  const device = await sharedDevice();
  using plan = await record(device, (r) => {
    const x = r.input("x", [3]), sum = add(r, x, r.input("step", [3]));
    r.assign(x, sum);
    return sum;
  });
  plan.write("x", Float32Array.of(1, 2, 3));
  plan.write("step", Float32Array.of(1, 10, 100));
  for (let i = 0; i < 3; i++) plan.run();
  assert.deepEqual([...await device.read(plan.outputs)], [4, 32, 303]);
  await assert.rejects(
    record(device, (r) => {
      const x = r.input("x", [3]), y = add(r, x, x);
      r.assign(y, x);
      return y;
    }),
    { message: /Cannot assign to "add.*": it is no input of this recording/ },
  );
  await assert.rejects(
    record(device, (r) => {
      const x = r.input("x", [3]);
      r.assign(x, r.input("y", [4]));
      return x;
    }),
    { message: /Cannot assign f32 \[4\] to "x": wanted f32 \[3\]/ },
  );
});
