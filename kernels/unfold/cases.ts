import { sizeAt } from "../../engine/mod.ts";
import { caseOf, each, ofModels, randomShape, refuse, times } from "../case_tables.ts";
import { prove } from "../kernel.ts";
import { fold, foldOp, op, unfold, type UnfoldAttrs } from "./unfold.ts";

const neighbours: UnfoldAttrs = { taps: 3, dilation: 1, before: 1 };
/** What a causal convolution sees. */
const past = (taps: number, dilation: number): UnfoldAttrs => ({
  taps,
  dilation,
  before: (taps - 1) * dilation,
});

/** Settings with few and many taps, of the past, the future, and both. */
const settings: readonly UnfoldAttrs[] = [
  past(1, 1),
  past(5, 1),
  past(5, 4),
  past(2, 3),
  { taps: 4, dilation: 2, before: 0 },
  { taps: 3, dilation: 5, before: 7 },
];

/** Calls `visit` with each row of an unfolded tensor and the row of the clip that lies there. */
function pairRows(
  [batch, steps]: readonly [number, number],
  { taps, dilation, before }: UnfoldAttrs,
  visit: (row: number, from: number) => void,
): void {
  for (let b = 0; b < batch; b++) {
    for (let t = 0; t < steps; t++) {
      for (let tap = 0; tap < taps; tap++) {
        const from = t + tap * dilation - before;
        if (from >= 0 && from < steps) visit((b * steps + t) * taps + tap, b * steps + from);
      }
    }
  }
}

/** Unfolding over time. */
export const unfoldKernel = prove(op, 16, {
  reference({ x }, attrs) {
    const [batch = 0, steps = 0, width = 0] = x.shape;
    const y = new Float64Array(batch * steps * attrs.taps * width);
    pairRows([batch, steps], attrs, (row, from) => {
      y.set(x.data.subarray(from * width, (from + 1) * width), row * width);
    });
    return [{ shape: [batch, steps, attrs.taps * width], data: y }];
  },
  roundings: () => 0,
  record: (r, { x }, attrs) => unfold(r, x, attrs),
  cases(rng) {
    const make = (x: number[], attrs = neighbours) => caseOf({ x }, attrs);
    return [
      ...each("1x1x1 1x1x4 1x2x3 3x1x8 2x3x5 4x5x12", (x) => make(x)),
      ...settings.flatMap((attrs) => each("2x9x5 1x6x8", (x) => make(x, attrs))),
      ...times(30, () => make(randomShape(rng, 6, 20, 90))),
      ...times(
        20,
        () => make(randomShape(rng, 4, 20, 40), past(rng.integer(1, 6), rng.integer(1, 9))),
      ),
      ...ofModels("5x16x512", (x) => make(x)),
      ...ofModels("1x96x256", (x) => make(x, past(5, 2))),
    ];
  },
  refusals: [
    refuse("x must be [B, T, D]: got [4, 8]", { x: "4x8" }, neighbours),
    refuse("taps must be a whole number of at least 1: got 0", { x: "1x4x8" }, past(0, 1)),
    refuse("dilation must be a whole number of at least 1: got 0.5", { x: "1x4x8" }, past(3, 0.5)),
    refuse("before must be from 0 to 4, where the last tap is: got 5", { x: "1x4x8" }, {
      taps: 3,
      dilation: 2,
      before: 5,
    }),
  ],
});

/** Folding over time. */
export const foldKernel = prove(foldOp, 97, {
  reference({ x }, attrs) {
    const [batch = 0, steps = 0] = x.shape, width = sizeAt(x.shape, 2) / attrs.taps;
    const y = new Float64Array(batch * steps * width);
    pairRows([batch, steps], attrs, (row, from) => {
      for (let i = 0; i < width; i++) {
        y[from * width + i] = (y[from * width + i] as number) + (x.data[row * width + i] as number);
      }
    });
    return [{ shape: [batch, steps, width], data: y }];
  },
  roundings: (_, { taps }) => taps,
  record: (r, { x }, attrs) => fold(r, x, attrs),
  cases(rng) {
    const make = ([b = 1, t = 1, d = 1]: number[], attrs = neighbours) =>
      caseOf({ x: [b, t, attrs.taps * d] }, attrs);
    return [
      ...each("1x1x1 1x1x4 1x2x3 3x1x8 2x3x5 4x5x12", (x) => make(x)),
      ...settings.flatMap((attrs) => each("2x9x5 1x6x8", (x) => make(x, attrs))),
      ...times(
        30,
        () => make(randomShape(rng, 4, 20, 40), past(rng.integer(1, 6), rng.integer(1, 9))),
      ),
      ...ofModels("1x96x256", (x) => make(x, past(5, 2))),
    ];
  },
  refusals: [
    refuse("x must be [B, T, taps D]: got [4, 9]", { x: "4x9" }, neighbours),
    refuse("x must have the columns of 3 taps: got [1, 4, 8]", { x: "1x4x8" }, neighbours),
    refuse("dilation must be a whole number of at least 1: got 0", { x: "1x4x9" }, past(3, 0)),
  ],
});
