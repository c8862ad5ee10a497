import { formatShape, type Recorder, type Tensor } from "../../engine/mod.ts";
import notANumber from "../not_a_number.wgsl" with { type: "text" };
import { perElement } from "../per_element.ts";
import { rowwise } from "../rowwise.ts";
import { describeRows, requireShapes, rowsOf, type Tensors } from "../shapes.ts";
import source from "./divergence.wgsl" with { type: "text" };
import gradientSource from "./divergence_gradient.wgsl" with { type: "text" };

export const gradientOp = perElement<Tensors<"p" | "q" | "dy">>({
  name: "divergence_gradient",
  source: notANumber + gradientSource,
  reads: { p: "E", q: "E", dy: "E" },
  writes: { dp: "E" },
  flops: 4,
  infer({ p: { shape }, q, dy }) {
    requireShapes("divergence_gradient", {
      q: [q, shape.slice(-1)],
      dy: [dy, shape.slice(0, -1)],
    });
    return [{ shape, dtype: "f32" }];
  },
  describe: ({ p }) => describeRows(p, "C"),
  params: ({ p }) => ({ columns: rowsOf(p.shape).width }),
});

export const op = rowwise<Tensors<"p" | "q">>({
  name: "divergence",
  source: notANumber + source,
  reads: { p: "E", q: "E" },
  flops: 4,
  infer({ p: { shape }, q }) {
    if (q.shape.length !== 1 || q.shape[0] !== shape.at(-1)) {
      throw new TypeError(
        `Cannot record divergence: q must have a share for each column of ` +
          `${formatShape(shape)}: got ${formatShape(q.shape)}`,
      );
    }
    return [{ shape: shape.slice(0, -1), dtype: "f32" }];
  },
  describe: ({ p }) => describeRows(p, "C"),
  gradient: (r, { inputs: { p, q }, dy }) => ({ p: r.apply(gradientOp, { p, q, dy }, {})[0] }),
});

/** Kullback-Leibler divergence, in nats, of shares `[..., C]` from `q` `[C]`; from ones, minus the entropy. */
export function divergence(recorder: Recorder, p: Tensor, q: Tensor): Tensor {
  return recorder.apply(op, { p, q }, {})[0];
}
