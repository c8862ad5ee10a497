import { Rng } from "../../engine/mod.ts";
import { below, type Case, type Kernel, normal, tensor } from "../kernel.ts";
import { cast, type CastAttrs, type CastInputs, castShaders, op } from "./cast.ts";
import { reference } from "./reference.ts";

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
  reference,
  roundings: () => 0,
  record: (r, { x }, { to }) => cast(r, x, to),
  shaders: castShaders,
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
