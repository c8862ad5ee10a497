import {
  bytesPerElement,
  elements,
  type Op,
  type Recorder,
  Rng,
  type Shader,
  type Tensor,
} from "../../engine/mod.ts";
import { choose } from "../choice.ts";
import { grid } from "../grid.ts";
import { below, type Case, type Kernel, normal, tensor } from "../kernel.ts";
import { reference } from "./reference.ts";
import toF16Source from "./to_f16.wgsl" with { type: "text" };
import toF32Source from "./to_f32.wgsl" with { type: "text" };

/** Operand of a cast. */
export interface CastInputs {
  readonly x: Tensor<"f32" | "f16" | "u8">;
}

/** Settings of a cast. */
export interface CastAttrs {
  readonly to: "f32" | "f16";
}

const toF16: Shader = { name: "to_f16.wgsl", source: toF16Source };
const toF32: Shader = { name: "to_f32.wgsl", source: toF32Source, flags: { BYTES: [false, true] } };

const op: Op<CastInputs, CastAttrs, "f32" | "f16"> = {
  name: "cast",

  infer({ x }, { to }) {
    const known = to === "f16" ? x.dtype === "f32" : x.dtype === "f16" || x.dtype === "u8";
    if (!known) {
      throw new TypeError(
        `Cannot record cast: it goes from f32 to f16, or from f16 or u8 to f32: ` +
          `got ${x.dtype} to ${to}`,
      );
    }
    return [{ shape: x.shape, dtype: to }];
  },

  describe: ({ x }, { to }) => `x=${x.shape.join("x")},${x.dtype} to ${to}`,

  lower({ inputs: { x }, outputs: [y], attrs: { to }, adapter, dispatch }) {
    const invocations = choose(adapter).flatInvocations;
    const perWord = x.dtype === "u8" ? 4 : 2;
    const words = Math.ceil(elements(x.shape) / perWord);
    dispatch({
      ...(to === "f16"
        ? { shader: toF16, params: { count2: words } }
        : { shader: toF32, flags: { BYTES: x.dtype === "u8" }, params: { words } }),
      constants: { INVOCATIONS: invocations },
      bindings: { x, y },
      workgroups: grid(Math.ceil(words / invocations)),
    });
  },

  reference,

  cost: ({ x }, { to }) => ({
    flops: 0,
    bytes: elements(x.shape) * (bytesPerElement[x.dtype] + bytesPerElement[to]),
  }),

  roundings: () => 0,
};

/** The same numbers in another element type: f32 to f16, rounded to nearest even, or back. */
export function cast<D extends "f32" | "f16">(
  recorder: Recorder,
  x: Tensor<"f32" | "f16" | "u8">,
  to: D,
): Tensor<D> {
  return recorder.apply(op, { x }, { to })[0] as Tensor<D>;
}

function cases(): Case<CastAttrs>[] {
  const rng = new Rng(18);
  type From = "f32" | "f16" | "u8";
  const make = (
    shape: number[],
    from: From,
    fill = from === "u8" ? below(256) : normal,
    note?: string,
  ) => ({
    inputs: { x: tensor(shape, fill, from) },
    attrs: { to: from === "f32" ? "f16" : "f32" } as const,
    ...(note === undefined ? {} : { note }),
  });
  const edges = [
    ...[0, -0, Infinity, -Infinity, NaN, 65504, 65519.99, 65520, -65520, 1e9, 2 ** -14, 2 ** -24],
    ...[2 ** -25, 2 ** -25 * 1.0001, 2 ** -26, 3 * 2 ** -25, 1 + 2 ** -11, 1 + 3 * 2 ** -11, 1e-40],
  ];
  const bits = new Uint16Array(1);
  const allHalves = (_: Rng, i: number) => {
    bits[0] = i;
    return new Float16Array(bits.buffer)[0] ?? 0;
  };
  const froms: From[] = ["f32", "f16", "u8"];
  return [
    ...froms.flatMap((from) =>
      [[1], [2], [3], [4], [5], [255], [257], [3, 5, 7]].map((shape) => make(shape, from))
    ),
    make([edges.length], "f32", (_, i) => edges[i] ?? 0, "edges"),
    make([edges.length], "f16", (_, i) => edges[i] ?? 0, "edges"),
    make([2 ** 16], "f16", allHalves, "every half"),
    make([2 ** 16], "f32", allHalves, "every half"),
    make([20_000], "f32", (random) => 2 ** (random.uniform() * 45 - 28), "all exponents"),
    ...Array.from(
      { length: 20 },
      () => make([rng.integer(1, 40), rng.integer(1, 99)], rng.pick(["f32", "f16", "u8"])),
    ),
    { ...make([16, 3, 224, 224], "f16"), model: true },
    { ...make([512, 2048], "f32"), model: true },
  ];
}

/** Casts. */
export const castKernel: Kernel<CastInputs, CastAttrs, "f32" | "f16"> = {
  op,
  record: (r, { x }, { to }) => cast(r, x, to),
  shaders: [toF16, toF32],
  cases,
  refusals: [
    {
      inputs: { x: tensor([4]) },
      attrs: { to: "f32" },
      says: "it goes from f32 to f16, or from f16 or u8 to f32: got f32 to f32",
    },
    {
      inputs: { x: tensor([4], below(9), "u8") },
      attrs: { to: "f16" },
      says: "got u8 to f16",
    },
  ],
};
