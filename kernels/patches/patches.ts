import {
  elements,
  formatShape,
  type Op,
  type Recorder,
  type Shader,
  type Tensor,
} from "../../engine/mod.ts";
import { choose } from "../choice.ts";
import { grid } from "../grid.ts";
import source from "./patches.wgsl" with { type: "text" };

/** Operand of the cutting. */
export interface PatchesInputs {
  /** Images `[B, C, H, W]`. */
  readonly x: Tensor;
}

/** Settings of the cutting. */
export interface PatchesAttrs {
  /** Side of a patch. */
  readonly size: number;
}

export const shader: Shader = {
  name: "patches.wgsl",
  source,
  flags: { ELEMENT: ["vec4f", "f32"], TEXELS: [false, true] },
  excludes: ({ ELEMENT, TEXELS }) => TEXELS === true && ELEMENT === "f32",
};

/** The operation behind `patches()`. */
export const patchesOp: Op<PatchesInputs, PatchesAttrs> = {
  name: "patches",

  infer({ x }, { size }) {
    const [batch = 0, channels = 0, height = 0, width = 0] = x.shape;
    if (x.shape.length !== 4) {
      throw new TypeError(
        `Cannot record patches: x must be [B, C, H, W]: got ${formatShape(x.shape)}`,
      );
    }
    if (!Number.isInteger(size) || size < 1 || size > height || size > width) {
      throw new RangeError(
        `Cannot record patches: a patch must fit the image: got size ${size} and ` +
          `x ${formatShape(x.shape)}`,
      );
    }
    const patches = Math.floor(height / size) * Math.floor(width / size);
    return [{ shape: [batch, patches, channels * size * size], dtype: "f32" }];
  },

  describe({ x }, { size }) {
    const [b, c, h, w] = x.shape;
    return `B=${b},C=${c},H=${h},W=${w},S=${size}`;
  },

  lower({ inputs: { x }, outputs: [y], attrs: { size }, adapter, texels, dispatch }) {
    const [, channels = 0, height = 0, width = 0] = x.shape;
    const per = size % 4 === 0 && width % 4 === 0 ? 4 : 1;
    const { flatInvocations: invocations, readTexels } = choose(adapter);
    const asTexels = per === 4 && readTexels;
    const count = elements(y.shape) / per;
    dispatch({
      shader,
      flags: { ELEMENT: per === 4 ? "vec4f" : "f32", TEXELS: asTexels },
      constants: { INVOCATIONS: invocations },
      params: {
        count,
        channels,
        height,
        width: width / per,
        size,
        size_e: size / per,
        across: Math.floor(width / size),
        down: Math.floor(height / size),
      },
      bindings: { x: asTexels ? texels(x) : x, y },
      workgroups: grid(Math.ceil(count / invocations)),
    });
  },

  cost: ({ x }) => ({ flops: 0, bytes: 8 * elements(x.shape) }),
};

/** The patches of images `[B, C, H, W]`, each flattened like a convolution's weight. */
export function patches(recorder: Recorder, x: Tensor, size: number): Tensor {
  return recorder.apply(patchesOp, { x }, { size })[0];
}
