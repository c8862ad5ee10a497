import {
  elements,
  formatShape,
  type Op,
  type Recorder,
  Rng,
  sameShape,
  type Shader,
  sizeAt,
  type Tensor,
} from "../../engine/mod.ts";
import { choose } from "../choice.ts";
import { grid } from "../grid.ts";
import { type Case, type Kernel, tensor } from "../kernel.ts";
import source from "./class_token.wgsl" with { type: "text" };
import { reference } from "./reference.ts";

/** Operands of the class token. */
export interface ClassTokenInputs {
  /** Embedded patches `[B, P, D]`. */
  readonly x: Tensor;
  /** `[D]` */
  readonly token: Tensor;
  /** `[P + 1, D]` */
  readonly position: Tensor;
}

const shader: Shader = {
  name: "class_token.wgsl",
  source,
  flags: { ELEMENT: ["vec4f", "f32"], TEXELS: [false, true] },
  excludes: ({ ELEMENT, TEXELS }) => TEXELS === true && ELEMENT === "f32",
};

const op: Op<ClassTokenInputs, Record<string, never>> = {
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

  reference,

  cost({ x, position }) {
    const count = elements(x.shape) + sizeAt(x.shape, 0) * sizeAt(x.shape, 2);
    return { flops: count, bytes: 4 * (elements(x.shape) + count + elements(position.shape)) };
  },

  roundings: () => 1,
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

function cases(): Case<Record<string, never>>[] {
  const rng = new Rng(13);
  const make = (b: number, p: number, d: number) => ({
    inputs: { x: tensor([b, p, d]), token: tensor([d]), position: tensor([p + 1, d]) },
    attrs: {},
  });
  return [
    make(1, 1, 1),
    make(1, 1, 4),
    make(2, 3, 5),
    make(3, 4, 8),
    make(2, 16, 13),
    make(5, 1, 33),
    ...Array.from(
      { length: 30 },
      () => make(rng.integer(1, 6), rng.integer(1, 30), rng.integer(1, 140)),
    ),
    { ...make(16, 49, 768), model: true },
    { ...make(2, 196, 768), model: true },
    make(8, 16, 128),
  ];
}

/** Class token and positions. */
export const classTokenKernel: Kernel<ClassTokenInputs, Record<string, never>> = {
  op,
  record: (r, { x, token, position }) => classToken(r, x, token, position),
  shaders: [shader],
  cases,
  refusals: [
    {
      inputs: { x: tensor([4, 8]), token: tensor([8]), position: tensor([5, 8]) },
      attrs: {},
      says: "x must be [B, P, D]: got [4, 8]",
    },
    {
      inputs: { x: tensor([1, 4, 8]), token: tensor([7]), position: tensor([5, 8]) },
      attrs: {},
      says: "token must be [8]: got [7]",
    },
    {
      inputs: { x: tensor([1, 4, 8]), token: tensor([8]), position: tensor([4, 8]) },
      attrs: {},
      says: "position must be [5, 8]: got [4, 8]",
    },
  ],
};
