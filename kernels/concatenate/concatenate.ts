import { formatShape, type Recorder, sameShape, sizeAt, type Tensor } from "../../engine/mod.ts";
import { perElement } from "../per_element.ts";
import { describeShapes, type Tensors } from "../shapes.ts";
import { slice } from "../slice/slice.ts";
import source from "./concatenate.wgsl" with { type: "text" };

export const op = perElement<Tensors<"a" | "b">>({
  name: "concatenate",
  source,
  reads: { a: "E", b: "E" },
  vec4: ({ a, b }) => sizeAt(a.shape, -1) % 4 === 0 && sizeAt(b.shape, -1) % 4 === 0,
  infer({ a, b }) {
    if (a.shape.length < 1 || !sameShape(a.shape.slice(0, -1), b.shape.slice(0, -1))) {
      throw new TypeError(
        `Cannot record concatenate: all axes but the last must be equal: ` +
          `got a ${formatShape(a.shape)} and b ${formatShape(b.shape)}`,
      );
    }
    const columns = sizeAt(a.shape, -1) + sizeAt(b.shape, -1);
    return [{ shape: [...a.shape.slice(0, -1), columns], dtype: "f32" }];
  },
  describe: ({ a, b }) => describeShapes({ a, b }),
  params: ({ a, b }, _, per) => ({
    a_columns: sizeAt(a.shape, -1) / per,
    b_columns: sizeAt(b.shape, -1) / per,
  }),
  gradient(r, { inputs: { a, b }, dy, wants }) {
    const [before, count] = [sizeAt(a.shape, -1), sizeAt(b.shape, -1)];
    return {
      a: wants("a") ? slice(r, dy, { first: 0, count: before }) : undefined,
      b: wants("b") ? slice(r, dy, { first: before, count }) : undefined,
    };
  },
});

/**
 * Tensors side by side along their last axis: `[..., A]` and `[..., B]` make `[..., A + B]`. More than
 * two are joined in pairs, so that a number is copied as few times as the logarithm of how many there
 * are.
 */
export function concatenate(
  recorder: Recorder,
  ...tensors: readonly [Tensor, ...Tensor[]]
): Tensor {
  if (tensors.length === 1) return tensors[0];
  const half = Math.ceil(tensors.length / 2);
  const join = (some: readonly Tensor[]) =>
    concatenate(recorder, ...some as readonly [Tensor, ...Tensor[]]);
  const a = join(tensors.slice(0, half)), b = join(tensors.slice(half));
  return recorder.apply(op, { a, b }, {})[0];
}
