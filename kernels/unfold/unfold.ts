// Folding is the gradient of unfolding, and so in one file.
import { formatShape, type Recorder, sizeAt, type Tensor } from "../../engine/mod.ts";
import { perElement } from "../per_element.ts";
import { describeAxes, requireAxes, type Tensors } from "../shapes.ts";
import foldSource from "./fold.wgsl" with { type: "text" };
import source from "./unfold.wgsl" with { type: "text" };

/** Which time steps lie beside each other: `t - before`, `t - before + dilation`, ... */
export interface UnfoldAttrs {
  /** How many. */
  readonly taps: number;
  /** Steps from one to the next. */
  readonly dilation: number;
  /** Steps from the first one to the step itself. */
  readonly before: number;
}

/** Each step between its neighbours. */
const neighbours: UnfoldAttrs = { taps: 3, dilation: 1, before: 1 };

function checkAttrs(name: string, { taps, dilation, before }: UnfoldAttrs): void {
  for (const [what, count, least] of [["taps", taps, 1], ["dilation", dilation, 1]] as const) {
    if (!Number.isInteger(count) || count < least) {
      throw new RangeError(
        `Cannot record ${name}: ${what} must be a whole number of at least ${least}: got ${count}`,
      );
    }
  }
  if (!Number.isInteger(before) || before < 0 || before > (taps - 1) * dilation) {
    throw new RangeError(
      `Cannot record ${name}: before must be from 0 to ${(taps - 1) * dilation}, where the last ` +
        `tap is: got ${before}`,
    );
  }
}

const describe = (x: Tensor, { taps, dilation, before }: UnfoldAttrs) =>
  `${describeAxes("B T D", x)},taps=${taps},dilation=${dilation},before=${before}`;

export const foldOp = perElement<Tensors<"x">, UnfoldAttrs>({
  name: "fold",
  source: foldSource,
  reads: { x: "E" },
  vec4: ({ x }, { taps }) => sizeAt(x.shape, 2) / taps % 4 === 0,
  infer({ x }, attrs) {
    const [batch = 0, steps = 0, width = 0] = requireAxes("fold", { x }, "[B, T, taps D]");
    checkAttrs("fold", attrs);
    if (width % attrs.taps !== 0) {
      throw new TypeError(
        `Cannot record fold: x must have the columns of ${attrs.taps} taps: ` +
          `got ${formatShape(x.shape)}`,
      );
    }
    return [{ shape: [batch, steps, width / attrs.taps], dtype: "f32" }];
  },
  describe: ({ x }, attrs) => describe(x, attrs),
  params: ({ x }, attrs, per) => ({
    columns: sizeAt(x.shape, 2) / attrs.taps / per,
    steps: sizeAt(x.shape, 1),
    ...attrs,
  }),
  flops: 1,
  gradient: (r, { dy, attrs }) => ({ x: unfold(r, dy, attrs) }),
});

export const op = perElement<Tensors<"x">, UnfoldAttrs>({
  name: "unfold",
  source,
  reads: { x: "E" },
  vec4: ({ x }) => sizeAt(x.shape, 2) % 4 === 0,
  infer({ x }, attrs) {
    const [batch = 0, steps = 0, width = 0] = requireAxes("unfold", { x }, "[B, T, D]");
    checkAttrs("unfold", attrs);
    return [{ shape: [batch, steps, attrs.taps * width], dtype: "f32" }];
  },
  describe: ({ x }, attrs) => describe(x, attrs),
  params: ({ x }, attrs, per) => ({
    columns: sizeAt(x.shape, 2) / per,
    steps: sizeAt(x.shape, 1),
    ...attrs,
  }),
  gradient: (r, { dy, attrs }) => ({ x: fold(r, dy, attrs) }),
});

/**
 * Time steps of `[B, T, D]` side by side, `[B, T, taps D]`, zeros outside the clip: each step between its
 * neighbours, unless said otherwise.
 */
export function unfold(
  recorder: Recorder,
  x: Tensor,
  attrs: UnfoldAttrs = neighbours,
): Tensor {
  return recorder.apply(op, { x }, attrs)[0];
}

/** Steps that lie side by side, `[B, T, taps D]`, added where they came from: `[B, T, D]`. */
export function fold(recorder: Recorder, x: Tensor, attrs: UnfoldAttrs): Tensor {
  return recorder.apply(foldOp, { x }, attrs)[0];
}
