import { caseOf, each, ofModels, randomShape, refuse, times } from "../case_tables.ts";
import { prove } from "../kernel.ts";
import { op, unfold } from "./unfold.ts";

/** Unfolding over time. */
export const unfoldKernel = prove(op, 16, {
  // Each time step beside its neighbours.
  reference({ x }) {
    const [batch = 0, steps = 0, width = 0] = x.shape;
    const y = new Float64Array(batch * steps * 3 * width);
    for (let b = 0; b < batch; b++) {
      for (let t = 0; t < steps; t++) {
        for (let tap = 0; tap < 3; tap++) {
          const from = t + tap - 1;
          if (from < 0 || from >= steps) continue;
          const row = x.data.subarray((b * steps + from) * width, (b * steps + from + 1) * width);
          y.set(row, ((b * steps + t) * 3 + tap) * width);
        }
      }
    }
    return [{ shape: [batch, steps, 3 * width], data: y }];
  },
  roundings: () => 0,
  record: (r, { x }) => unfold(r, x),
  cases(rng) {
    const make = (x: number[]) => caseOf({ x }, {});
    return [
      ...each("1x1x1 1x1x4 1x2x3 3x1x8 2x3x5 4x5x12", make),
      ...times(30, () => make(randomShape(rng, 6, 20, 90))),
      ...ofModels("5x16x512", make),
    ];
  },
  refusals: [refuse("x must be [B, T, D]: got [4, 8]", { x: "4x8" })],
});
