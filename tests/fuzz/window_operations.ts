import { elements, type Shape } from "../../engine/mod.ts";
import {
  ceilPads,
  conv2d,
  depthwiseConv2d,
  gatherWindows,
  instanceNorm,
  maxPool,
  scatterWindows,
  type WindowAttrs,
} from "../../kernels/mod.ts";
import type { Draw, Operation } from "./operation.ts";

/** An image that is there already, or a new input. */
function image(draw: Draw): string {
  const known = draw.any();
  if (draw.shapeOf(known).length === 4) return known;
  const { rng } = draw, side = () => rng.integer(1, 9);
  return draw.fresh([rng.integer(1, 2), side(), side(), rng.integer(1, 12)]);
}

/** How a window of so many rows and columns may move. */
function drawMoves({ rng }: Draw, [rows, columns]: readonly [number, number]) {
  const within = (size: number) => rng.integer(0, size - 1);
  const pads = () => ({
    top: within(rows),
    left: within(columns),
    bottom: within(rows),
    right: within(columns),
  });
  const padding = rng.pick<WindowAttrs["padding"]>(["same", "valid", pads()]);
  return { stride: rng.integer(1, 3), padding };
}

const drawWindow = ({ rng }: Draw) => [rng.integer(1, 4), rng.integer(1, 4)] as const;

/** Whether a window without padding fits into an image. */
const fits = (draw: Draw, x: string, [rows, columns]: readonly [number, number]) => {
  const [, height = 0, width = 0] = draw.shapeOf(x);
  return rows <= height && columns <= width;
};

/** A convolution by a new weight of this shape. */
const convolution = (
  weightOf: (window: readonly number[], channels: number, draw: Draw) => Shape,
  record: Operation["record"],
): Operation => ({
  draw(draw) {
    const x = image(draw), window = drawWindow(draw);
    if (!fits(draw, x, window)) return undefined;
    const weight = weightOf(window, draw.shapeOf(x)[3] ?? 1, draw);
    const operands = [x, draw.fresh(weight), draw.fresh(weight.slice(-1))];
    const activation = draw.rng.pick(["none", "relu"] as const);
    return { operands, attrs: { ...drawMoves(draw, window), activation } };
  },
  record,
});

/** Those of images `[B, H, W, C]`. */
export const windowOperations: Readonly<Record<string, Operation>> = {
  conv2d: convolution(
    (window, channels, draw) => [...window, channels, draw.rng.integer(1, 24)],
    (r, [x, weight, bias], attrs) => conv2d(r, x, weight, bias, attrs),
  ),
  depthwiseConv2d: convolution(
    (window, channels) => [...window, channels],
    (r, [x, weight, bias], attrs) => depthwiseConv2d(r, x, weight, bias, attrs),
  ),
  maxPool: {
    draw(draw) {
      const x = image(draw), window = draw.rng.integer(1, 4);
      if (!fits(draw, x, [window, window])) return undefined;
      return { operands: [x], attrs: { window, ...drawMoves(draw, [window, window]) } };
    },
    record: (r, [x], attrs) => maxPool(r, x, attrs),
  },
  ceilMaxPool: {
    draw(draw) {
      const x = image(draw);
      return fits(draw, x, [3, 3]) ? { operands: [x] } : undefined;
    },
    record: (r, [x]) => maxPool(r, x, { window: 3, stride: 2, padding: ceilPads(x, 3, 2) }),
  },
  gatherWindows: {
    draw(draw) {
      const x = image(draw), window = drawWindow(draw);
      if (!fits(draw, x, window)) return undefined;
      return { operands: [x], attrs: { window, ...drawMoves(draw, window) } };
    },
    record: (r, [x], attrs) => gatherWindows(r, x, attrs),
  },
  scatterWindows: {
    draw(draw) {
      const { rng } = draw, window = drawWindow(draw), stride = rng.integer(1, 3);
      const side = (size: number) => size + rng.integer(0, 5);
      const [height, width] = window.map(side) as [number, number];
      const shape = [rng.integer(1, 2), height, width, rng.integer(1, 5)];
      const positions = (size: number, whole: number) => Math.floor((whole - size) / stride) + 1;
      const x = draw.like([
        ...shape.slice(0, 1),
        positions(window[0], height),
        positions(window[1], width),
        elements(window) * (shape[3] ?? 1),
      ]);
      return { operands: [x], attrs: { window, stride, padding: "valid", shape } };
    },
    record: (r, [x], attrs) => scatterWindows(r, x, attrs),
  },
  instanceNorm: {
    draw: (draw) => ({ operands: [image(draw)] }),
    record: (r, [x]) => instanceNorm(r, x),
  },
};
