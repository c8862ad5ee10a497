import {
  elements,
  formatShape,
  type Op,
  type Recorder,
  sameShape,
  type Shader,
  sizeAt,
  type Tensor,
} from "../../engine/mod.ts";
import { choose } from "../choice.ts";
import { grid } from "../grid.ts";
import source from "./class_token.wgsl" with { type: "text" };

/** Operands of the class token. */
export interface ClassTokenInputs {
  /** Embedded patches `[B, P, D]`. */
  readonly x: Tensor;
  /** `[D]` */
  readonly token: Tensor;
  /** `[P + 1, D]` */
  readonly position: Tensor;
}

export const shader: Shader = {
  name: "class_token.wgsl",
  source,
  flags: { ELEMENT: ["vec4f", "f32"], TEXELS: [false, true] },
  excludes: ({ ELEMENT, TEXELS }) => TEXELS === true && ELEMENT === "f32",
};

export const op: Op<ClassTokenInputs, Record<string, never>> = {
  name: "class_token",

  infer({ x, token, position }) {
    const refuse = (why: string) => new TypeError(`Cannot record class_token: ${why}`);
    if (x.shape.length !== 3) throw refuse(`x must be [B, P, D]: got ${formatShape(x.shape)}`);
    const [batch = 0, patches = 0, width = 0] = x.shape;
    if (!sameShape(token.shape, [width])) {
      throw refuse(`token must be [${width}]: got ${formatShape(token.shape)}`);
    }
    if (!sameShape(position.shape, [patches + 1, width])) {
      throw refuse(
        `position must be [${patches + 1}, ${width}]: got ${formatShape(position.shape)}`,
      );
    }
    return [{ shape: [batch, patches + 1, width], dtype: "f32" }];
  },

  describe: ({ x }) => `B=${x.shape[0]},P=${x.shape[1]},D=${x.shape[2]}`,

  lower({ inputs: { x, token, position }, outputs: [y], adapter, texels, dispatch }) {
    const width = sizeAt(x.shape, 2);
    const per = width % 4 === 0 ? 4 : 1;
    const { flatInvocations: invocations, readTexels } = choose(adapter);
    const asTexels = per === 4 && readTexels;
    const load = asTexels ? texels : (tensor: Tensor) => tensor;
    const count = elements(y.shape) / per;
    dispatch({
      shader,
      flags: { ELEMENT: per === 4 ? "vec4f" : "f32", TEXELS: asTexels },
      constants: { INVOCATIONS: invocations },
      params: { count, columns: width / per, tokens: sizeAt(y.shape, 1) },
      bindings: { x: load(x), token: load(token), position: load(position), y },
      workgroups: grid(Math.ceil(count / invocations)),
    });
  },

  cost({ x, position }) {
    const count = elements(x.shape) + sizeAt(x.shape, 0) * sizeAt(x.shape, 2);
    return { flops: count, bytes: 4 * (elements(x.shape) + count + elements(position.shape)) };
  },
};

/** Puts the class token before each image's patches `[B, P, D]` and adds the positions. */
export function classToken(
  recorder: Recorder,
  x: Tensor,
  token: Tensor,
  position: Tensor,
): Tensor {
  return recorder.apply(op, { x, token, position }, {})[0];
}
