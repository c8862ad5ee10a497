import { elements, type Recorder, type Shape, type Tensor } from "../../engine/mod.ts";
import { formatShape, sameShape } from "../../engine/mod.ts";
import { perElement } from "../per_element.ts";
import { axisOf, type Tensors } from "../shapes.ts";
import source from "./repeat.wgsl" with { type: "text" };

/** Settings of the repetition. */
export interface RepeatAttrs {
  /** Of the result. */
  readonly shape: Shape;
  /** The axis of the result that x lacks. */
  readonly axis: number;
  /** What each copy is multiplied by. */
  readonly factor: number;
}

export const op = perElement<Tensors<"x">, RepeatAttrs>({
  name: "repeat",
  source,
  reads: { x: "f32" },
  infer({ x }, { shape, axis }) {
    if (!sameShape(x.shape, axisOf(shape, axis).rest)) {
      throw new TypeError(
        `Cannot record repeat: x must be ${formatShape(shape)} without axis ${axis}: ` +
          `got ${formatShape(x.shape)}`,
      );
    }
    return [{ shape, dtype: "f32" }];
  },
  describe: (_, { shape, axis }) => `y=${shape.join("x")},axis=${axis}`,
  params(_, { shape, axis, factor }) {
    const { count: repeats, inner } = axisOf(shape, axis);
    return { repeats, inner, factor };
  },
  flops: ({ x }, { shape }) => elements(shape) / elements(x.shape),
});

/** A tensor repeated along an axis that it lacks, times a factor. */
export function repeat(recorder: Recorder, x: Tensor, attrs: RepeatAttrs): Tensor {
  return recorder.apply(op, { x }, attrs)[0];
}
