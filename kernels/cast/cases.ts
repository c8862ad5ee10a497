import { caseOf, each, listed, ofModels, randomShape, refuse, times } from "../case_tables.ts";
import { below, type Fill, normal, prove, tensor } from "../kernel.ts";
import { cast, op } from "./cast.ts";

/** Casts. */
export const castKernel = prove(op, 18, {
  // The same numbers, rounded to the element type they are cast to.
  reference({ x }, { to }) {
    const data = to === "f16" ? Float64Array.from(Float16Array.from(x.data)) : x.data;
    return [{ shape: x.shape, data }];
  },
  roundings: () => 0,
  record: (r, { x }, { to }) => cast(r, x, to),
  cases(rng) {
    type From = "f32" | "f16" | "u8";
    const make = (shape: number[], from: From, fill?: Fill, note?: string) =>
      caseOf(
        { x: tensor(shape, fill ?? (from === "u8" ? below(256) : normal), from) },
        { to: from === "f32" ? "f16" : "f32" } as const,
        note,
      );
    const edges = [
      ...[0, -0, Infinity, -Infinity, NaN, 65504, 65519.99, 65520, -65520, 1e9, 2 ** -14, 2 ** -24],
      ...[2 ** -25, 2 ** -25 * 1.0001, 2 ** -26, 3 * 2 ** -25],
      ...[1 + 2 ** -11, 1 + 3 * 2 ** -11, 1e-40],
    ];
    const bits = new Uint16Array(1);
    const allHalves: Fill = (_, i) => {
      bits[0] = i;
      return new Float16Array(bits.buffer)[0] ?? 0;
    };
    const froms = ["f32", "f16", "u8"] as const;
    return [
      ...froms.flatMap((from) => each("1 2 3 4 5 255 257 3x5x7", (shape) => make(shape, from))),
      ...(["f16", "f32"] as const).flatMap((from) => [
        make([edges.length], from, listed(edges), "edges"),
        make([2 ** 16], from, allHalves, "every half"),
      ]),
      make([20_000], "f32", (random) => 2 ** (random.uniform() * 45 - 28), "all exponents"),
      ...times(20, () => make(randomShape(rng, 40, 99), rng.pick(froms))),
      ...ofModels("16x3x224x224", (shape) => make(shape, "f16")),
      ...ofModels("512x2048", (shape) => make(shape, "f32")),
    ];
  },
  refusals: [
    refuse(
      "it goes from f32 to f16, or from f16 or u8 to f32: got f32 to f32",
      { x: "4" },
      { to: "f32" },
    ),
    refuse("got u8 to f16", { x: "4 u8" }, { to: "f16" }),
  ],
});
