import { elements, type Recorder, type Shape, type Tensor } from "../../engine/mod.ts";
import type { Packed } from "../../engine/mod.ts";
import {
  absoluteDifference,
  type Activation,
  add,
  attention,
  concatenate,
  conv1d,
  crossEntropy,
  entropy,
  gatherRows,
  gelu,
  geluTanh,
  l2Normalize,
  layerNorm,
  matmul,
  mean,
  multiply,
  padChannels,
  prelu,
  quickGelu,
  relu,
  scale,
  scatterRows,
  sigmoid,
  slice,
  softmax,
  sumRows,
  transpose,
} from "../../kernels/mod.ts";
import type { Operation } from "./operation.ts";
import type { Contents } from "./program.ts";
import { windowOperations } from "./window_operations.ts";

const unary = (record: (r: Recorder, x: Tensor) => Tensor): Operation => ({
  draw: (draw) => ({ operands: [draw.any()] }),
  record: (r, [x]) => record(r, x),
});

const ofRows = (record: (r: Recorder, x: Tensor) => Tensor): Operation => ({
  draw(draw) {
    const x = draw.any();
    return draw.shapeOf(x).length > 1 ? { operands: [x] } : undefined;
  },
  record: (r, [x]) => record(r, x),
});

const width = (shape: Shape) => shape.at(-1) ?? 1;
const rows = (shape: Shape) => elements(shape) / width(shape);
const activations = ["none", "relu", "quick_gelu", "gelu"] as const;

/** A matmul with what may follow it, on a tensor or on a packed weight. */
const linear = (contents: Contents): Operation => ({
  draw(draw) {
    const x = draw.any(), n = draw.size(), shape = draw.shapeOf(x);
    const transposed = contents.kind === "normal" && draw.rng.integer(0, 1) === 1;
    const w = draw.fresh(transposed ? [n, width(shape)] : [width(shape), n], contents);
    const operands = [x, w], attrs: Record<string, unknown> = {};
    if (transposed) attrs["transposed"] = true;
    if (draw.rng.integer(0, 1) === 1) {
      operands.push(draw.like([n]));
      attrs["bias"] = true;
    }
    if (draw.rng.integer(0, 2) === 0) {
      operands.push(draw.like([...shape.slice(0, -1), n]));
      attrs["residual"] = true;
    }
    attrs["activation"] = activations[draw.rng.integer(0, activations.length - 1)];
    return { operands, attrs };
  },
  record(r, [x, w, ...rest], { transposed, bias, residual, activation }) {
    const more: (Tensor | Packed)[] = [...rest];
    return matmul(r, x, w, {
      activation: activation as Activation | "none",
      ...(transposed && { transposed }),
      bias: bias ? more.shift() as Tensor : undefined,
      residual: residual ? more.shift() as Tensor : undefined,
    });
  },
});

/** Two values, the second with all or the last axes of the first. */
const repeating = (record: (r: Recorder, a: Tensor, b: Tensor) => Tensor): Operation => ({
  draw(draw) {
    const a = draw.any(), shape = draw.shapeOf(a);
    return { operands: [a, draw.like(shape.slice(draw.rng.integer(0, shape.length - 1)))] };
  },
  record: (r, [a, b]) => record(r, a, b),
});

/** The operations that random programs are made of, by the names that are printed. */
export const operations: Readonly<Record<string, Operation>> = {
  softmax: unary(softmax),
  l2Normalize: unary(l2Normalize),
  relu: unary(relu),
  quickGelu: unary(quickGelu),
  gelu: unary(gelu),
  geluTanh: unary(geluTanh),
  matmul: linear({ kind: "normal" }),
  packedMatmul: linear({ kind: "weight" }),

  transpose: ofRows(transpose),
  entropy: ofRows(entropy),
  sigmoid: unary(sigmoid),
  add: repeating(add),
  multiply: repeating(multiply),
  absoluteDifference: {
    draw(draw) {
      const a = draw.any();
      return { operands: [a, draw.like(draw.shapeOf(a))] };
    },
    record: (r, [a, b]) => absoluteDifference(r, a, b),
  },
  prelu: {
    draw(draw) {
      const x = draw.any();
      return { operands: [x, draw.fresh([width(draw.shapeOf(x))])] };
    },
    record: (r, [x, slope]) => prelu(r, x, slope),
  },
  concatenate: {
    draw(draw) {
      const a = draw.any(), axes = draw.shapeOf(a).slice(0, -1);
      const more = Array.from(
        { length: draw.rng.integer(1, 3) },
        () => draw.like([...axes, draw.size()]),
      );
      return { operands: [a, ...more] };
    },
    record: (r, [a, ...more]) => concatenate(r, a, ...more),
  },
  slice: {
    draw(draw) {
      const x = draw.any(), columns = width(draw.shapeOf(x));
      const first = draw.rng.integer(0, columns - 1);
      return {
        operands: [x],
        attrs: { first, count: draw.rng.integer(1, columns - first) },
      };
    },
    record: (r, [x], attrs) => slice(r, x, attrs),
  },
  padChannels: {
    draw(draw) {
      const x = draw.any(), more = draw.rng.integer(0, 9);
      return { operands: [x], attrs: { channels: width(draw.shapeOf(x)) + more } };
    },
    record: (r, [x], { channels }) => padChannels(r, x, channels),
  },
  conv1d: {
    draw(draw) {
      const { rng } = draw, x = draw.any(), shape = draw.shapeOf(x), n = rng.integer(1, 20);
      if (shape.length !== 3) return undefined;
      return {
        operands: [x, draw.fresh([3 * width(shape), n]), draw.fresh([n])],
        attrs: {
          activation: rng.pick(["none", "gelu"] as const),
          meanOverTime: rng.integer(0, 1) === 1,
        },
      };
    },
    record: (r, [x, w, bias], attrs) => conv1d(r, x, w, bias, attrs),
  },
  scale: {
    draw: (draw) => ({ operands: [draw.any()], attrs: { factor: draw.rng.integer(-5, 5) / 2 } }),
    record: (r, [x], { factor }) => scale(r, x, factor),
  },
  mean: {
    draw(draw) {
      const x = draw.any(), axes = draw.shapeOf(x).length;
      return axes > 1
        ? { operands: [x], attrs: { axis: draw.rng.integer(0, axes - 1) } }
        : undefined;
    },
    record: (r, [x], { axis }) => mean(r, x, axis),
  },
  layerNorm: {
    draw(draw) {
      const x = draw.any(), columns = width(draw.shapeOf(x));
      return { operands: [x, draw.fresh([columns]), draw.fresh([columns])] };
    },
    record: (r, [x, by, shift]) => layerNorm(r, x, by, shift),
  },
  sumRows: {
    draw(draw) {
      const x = draw.any(), shape = draw.shapeOf(x);
      if (shape.length < 2) return undefined;
      return {
        operands: [x],
        attrs: { shape: shape.slice(draw.rng.integer(1, shape.length - 1)) },
      };
    },
    record: (r, [x], { shape }) => sumRows(r, x, shape),
  },
  gatherRows: {
    draw(draw) {
      const x = draw.any(), bound = rows(draw.shapeOf(x));
      return { operands: [x, draw.fresh([draw.size()], { kind: "index", bound })] };
    },
    record: (r, [x, index]) => gatherRows(r, x, index),
  },
  scatterRows: {
    draw(draw) {
      const x = draw.any(), shape = draw.shapeOf(x), bound = draw.size();
      if (shape.length < 2) return undefined;
      const index = draw.fresh(shape.slice(0, -1), { kind: "index", bound });
      return { operands: [x, index], attrs: { shape: [bound, width(shape)] } };
    },
    record: (r, [x, index], { shape }) => scatterRows(r, x, index, shape),
  },
  crossEntropy: {
    draw(draw) {
      const x = draw.any(), shape = draw.shapeOf(x);
      if (shape.length < 2) return undefined;
      const labels = draw.fresh(shape.slice(0, -1), { kind: "index", bound: width(shape) });
      return { operands: [x, labels] };
    },
    record: (r, [x, labels]) => crossEntropy(r, x, labels),
  },
  attention: {
    draw(draw) {
      const heads = draw.rng.integer(1, 3),
        head = draw.rng.integer(1, 20),
        batch = draw.rng.integer(1, 2);
      const columns = heads * head, causal = draw.rng.integer(0, 1) === 1;
      const keys = draw.size(), queries = causal ? keys : draw.size();
      const operands = [
        draw.like([batch, queries, columns]),
        draw.like([batch, keys, 2 * columns]),
      ];
      return { operands, attrs: { heads, causal } };
    },
    record: (r, [q, kv], attrs) => attention(r, q, kv, attrs),
  },
  ...windowOperations,
};
