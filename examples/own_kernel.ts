/**
 * A kernel of one's own with its gradient, y = x², which is another kernel: in a plan with kernels that are there,
 * to find the x whose squared distance from 3 is least.
 *
 *     deno run --allow-env examples/own_kernel.ts
 *
 * @module
 */
import { add, elements, grad, mean, type Op, openDevice, record, scale } from "@autt/autt";
import { compare, type Recorder, type Reference, type Tensor } from "@autt/autt";

interface Inputs {
  readonly x: Tensor;
  readonly dy?: Tensor;
}
type NoAttrs = Record<string, never>;

/** A shader that computes each `y[i]` of what is bound. */
const shader = (name: string, inputs: readonly string[], result: string) => ({
  name,
  source: [
    ...[...inputs, "y"].map((name, i) =>
      `@group(0) @binding(${i}) var<storage, ${name === "y" ? "read_write" : "read"}> ${name}: ` +
      `array<f32>;`
    ),
    `@compute @workgroup_size(64)`,
    `fn main(@builtin(global_invocation_id) id: vec3u) {`,
    `  if (id.x < arrayLength(&y)) { let i = id.x; y[i] = ${result}; }`,
    `}`,
  ].join("\n"),
});

/** What the engine knows of an operation: its shapes, its dispatch, and what it costs. */
const operation = (name: string, code: ReturnType<typeof shader>): Op<Inputs, NoAttrs> => ({
  name,
  infer: ({ x }) => [{ shape: x.shape, dtype: "f32" }],
  describe: ({ x }) => `N=${elements(x.shape)}`,
  lower: ({ inputs: { x, dy }, outputs: [y], dispatch }) =>
    dispatch({
      shader: code,
      bindings: dy ? { x, dy, y } : { x, y },
      workgroups: [Math.ceil(elements(x.shape) / 64)],
    }),
  cost: ({ x }) => ({ flops: 2 * elements(x.shape), bytes: 8 * elements(x.shape) }),
});

const squareGradient = operation(
  "square_gradient",
  shader("square_gradient.wgsl", ["x", "dy"], "2.0 * x[i] * dy[i]"),
);
const squareOp: Op<Inputs, NoAttrs> = {
  ...operation("square", shader("square.wgsl", ["x"], "x[i] * x[i]")),
  gradient: (r, { inputs: { x }, dy }) => ({ x: r.apply(squareGradient, { x, dy }, {})[0] }),
};

/** A float64 reference to compare an operation with, and how many roundings a result may have. */
const reference = (
  op: object,
  f: (x: number, dy: number) => number,
): Reference<Inputs, NoAttrs> => ({
  op,
  reference: ({ x, dy }) => [{
    shape: x.shape,
    data: x.data.map((value, i) => f(value, dy?.data[i] ?? 0)),
  }],
  roundings: () => 2,
});
const references = [
  reference(squareOp, (x) => x * x),
  reference(squareGradient, (x, dy) => 2 * x * dy),
];

/** Each number times itself. */
const square = (r: Recorder, x: Tensor): Tensor => r.apply(squareOp, { x }, {})[0];

using device = await openDevice();
using plan = await record(device, (r) => {
  const x = r.input("x", [4]);
  const loss = mean(
    r,
    square(r, add(r, x, r.constant("-3", [4], "f32", Float32Array.of(-3, -3, -3, -3)))),
    0,
  );
  const [slope] = grad(r, loss, [x]) as [Tensor];
  const next = add(r, x, scale(r, slope, -0.5));
  r.assign(x, next); // the next run goes on from here
  return { loss, next };
});
plan.write("x", Float32Array.of(0, 1, 5, 9));
plan.run();
// Both kernels are compared with their references, with tolerances that follow from their roundings.
for (const { label, nmse, tolerance, diverges } of await compare(device, plan, references)) {
  console.log(label, nmse, diverges ? "diverges: above" : "within", tolerance);
}
for (let step = 0; step < 100; step++) plan.run();
const { next, loss } = plan.outputs;
const [x, distance] = await device.read([next, loss] as const);
console.log([...x].map((value) => value.toFixed(3)).join(" "), "at a distance of", distance[0]);
