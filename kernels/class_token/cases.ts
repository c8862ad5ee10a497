import { sizeAt } from "../../engine/mod.ts";
import { caseOf, each, ofModels, randomShape, refuse, times } from "../case_tables.ts";
import { prove } from "../kernel.ts";
import { classToken, op } from "./class_token.ts";

/** Class token and positions. */
export const classTokenKernel = prove(op, 13, {
  reference({ x, token, position }) {
    const [batch, patches, width] = [sizeAt(x.shape, 0), sizeAt(x.shape, 1), sizeAt(x.shape, 2)];
    const y = new Float64Array(batch * (patches + 1) * width);
    let at = 0;
    for (let b = 0; b < batch; b++) {
      for (let t = 0; t <= patches; t++) {
        for (let c = 0; c < width; c++) {
          const value = t === 0 ? token.data[c] : x.data[(b * patches + t - 1) * width + c];
          y[at++] = (value ?? NaN) + (position.data[t * width + c] ?? NaN);
        }
      }
    }
    return [{ shape: [batch, patches + 1, width], data: y }];
  },
  roundings: () => 1,
  record: (r, { x, token, position }) => classToken(r, x, token, position),
  cases(rng) {
    const make = (x: number[]) => {
      const [, p = 0, d = 0] = x;
      return caseOf({ x, token: [d], position: [p + 1, d] }, {});
    };
    return [
      ...each("1x1x1 1x1x4 2x3x5 3x4x8 2x16x13 5x1x33", make),
      ...times(30, () => make(randomShape(rng, 6, 30, 140))),
      ...ofModels("16x49x768 2x196x768", make),
      make([8, 16, 128]),
    ];
  },
  refusals: [
    refuse("x must be [B, P, D]: got [4, 8]", { x: "4x8", token: "8", position: "5x8" }),
    refuse("token must be [8]: got [7]", { x: "1x4x8", token: "7", position: "5x8" }),
    refuse("position must be [5, 8]: got [4, 8]", { x: "1x4x8", token: "8", position: "4x8" }),
  ],
});
