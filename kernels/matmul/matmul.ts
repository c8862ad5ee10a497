import {
  type AdapterFacts,
  elements,
  formatShape,
  type Lowering,
  type Op,
  type Packed,
  type Recorder,
  sameShape,
  sizeAt,
  type Tensor,
  type Texture,
  textureFor,
} from "../../engine/mod.ts";
import type { Activation } from "../activation/activations.ts";
import { activationGradient } from "../activation_gradient/activation_gradient.ts";
import { fewRows, panelRows, panelWays, schedule, scheduleTiles, tileWays } from "../schedule.ts";
import { grid } from "../grid.ts";
import { sumRows } from "../sum_rows/sum_rows.ts";
import { transpose } from "../transpose/transpose.ts";
import { panelShader, skinnyShader, stageShader, sumPartsShader, tileShader } from "./shaders.ts";
import { skinnyColumns4 } from "./skinny.ts";
import { tiles } from "./tile.ts";
import { packDispatch, panelLayout } from "./pack_matrix.ts";

/** Operands of a matmul. */
export interface MatmulInputs {
  /** `[..., K]` */
  readonly x: Tensor;
  /**
   * A packed weight `[K, N]`, or a tensor `[K, N]` (`[N, K]` when `transposed`), seen as rows over its
   * last axis.
   */
  readonly w: Tensor | Packed;
  /** `[N]` */
  readonly bias?: Tensor | undefined;
  /** `[..., N]`: added at the end, after the activation. */
  readonly residual?: Tensor | undefined;
}

/** Settings of a matmul. */
export interface MatmulAttrs {
  /** Of each sum. */
  readonly activation?: Activation | "none";
  /** The tensor `w` is stored `[N, K]`. Packed weights are turned round when they are packed. */
  readonly transposed?: boolean;
}

/** M, K and N of a matmul. */
export function sizes({ x, w }: MatmulInputs, { transposed = false }: MatmulAttrs) {
  const k = sizeAt(x.shape, -1), last = sizeAt(w.shape, -1);
  return {
    m: elements(x.shape) / k,
    k,
    wk: transposed ? last : elements(w.shape) / last,
    n: transposed ? elements(w.shape) / last : last,
  };
}

/** How many roundings pile up in a sum. */
export function roundings(inputs: MatmulInputs, attrs: MatmulAttrs): number {
  return sizes(inputs, attrs).k + 8;
}

function familyOf({ w }: MatmulInputs, adapter: AdapterFacts): string | undefined {
  return w.kind === "packed" ? w.layout : schedule(adapter).matmul;
}

/** The operation behind `matmul()`. */
export const matmulOp: Op<MatmulInputs, MatmulAttrs> = {
  name: "matmul",

  infer(inputs, attrs) {
    const { x, w, bias, residual } = inputs;
    const { k, wk, n } = sizes(inputs, attrs);
    const shape = [...x.shape.slice(0, -1), n];
    const refuse = (why: string) => new TypeError(`Cannot record matmul: ${why}`);
    if (wk !== k) {
      throw refuse(
        `inner dimensions must match: got x ${formatShape(x.shape)} and ` +
          `w ${formatShape(w.shape)}${attrs.transposed ? " transposed" : ""}`,
      );
    }
    if (w.kind === "packed" && attrs.transposed) {
      throw refuse(`a packed weight is turned round when it is packed: got transposed`);
    }
    if (bias && !sameShape(bias.shape, [n])) {
      throw refuse(`bias must be [${n}]: got ${formatShape(bias.shape)}`);
    }
    if (residual && !sameShape(residual.shape, shape)) {
      throw refuse(`residual must be ${formatShape(shape)}: got ${formatShape(residual.shape)}`);
    }
    return [{ shape, dtype: "f32" }];
  },

  describe(inputs, attrs) {
    const { m, k, n } = sizes(inputs, attrs);
    const { w, bias, residual } = inputs;
    const extras = [
      w.kind === "packed" ? `,w=${w.layout ?? "packed"}` : attrs.transposed ? ",w=transposed" : "",
      bias ? ",bias" : "",
      attrs.activation && attrs.activation !== "none" ? `,${attrs.activation}` : "",
      residual ? ",residual" : "",
    ];
    return `M=${m},K=${k},N=${n}${extras.join("")}`;
  },

  lower(job) {
    if (familyOf(job.inputs, job.adapter) === "panel") lowerPanel(job);
    else lowerTile(job);
  },

  ways(inputs, attrs, adapter) {
    const { m, k, n } = sizes(inputs, attrs), panel = familyOf(inputs, adapter) === "panel";
    const names = panel ? panelWays(m, inputs.residual !== undefined) : tileWays(adapter, m, k, n);
    return { names, roundings: roundings(inputs, attrs) };
  },

  cost(inputs, attrs) {
    const { m, k, n } = sizes(inputs, attrs);
    const extra = (inputs.bias ? n : 0) + (inputs.residual ? m * n : 0);
    return { flops: 2 * m * k * n, bytes: 4 * (m * k + k * n + m * n + extra) };
  },

  gradient(r, { inputs: { x, w, bias }, dy, attrs, wants }) {
    const { activation = "none", transposed = false } = attrs;
    // The activation's own operand is not kept, so it is worked out again; where that is dear, a
    // model records the activation apart.
    const plain = { transposed, ...(bias ? { bias } : {}) };
    const dz = activation === "none"
      ? dy
      : activationGradient(r, matmul(r, x, w, plain), dy, activation);
    return {
      residual: dy,
      bias: bias && wants("bias") ? sumRows(r, dz, bias.shape) : undefined,
      x: wants("x")
        ? (known) => {
          const [turned, how] = otherWayRound(w, transposed);
          return matmul(r, dz, turned, known ? { ...how, residual: known } : how);
        }
        : undefined,
      w: !wants("w")
        ? undefined
        : transposed
        ? matmul(r, transpose(r, dz), x)
        : matmul(r, transpose(r, x), dz),
    };
  },
};

/** A weight the other way round, as a product takes it. */
function otherWayRound(w: Tensor | Packed, transposed: boolean): [Tensor | Packed, MatmulAttrs] {
  if (w.kind === "tensor") return [w, { transposed: !transposed }];
  if (w.transposed) return [w.transposed, {}];
  throw new TypeError(
    `Cannot differentiate a product with "${w.label}": it was packed one way only: pack it with ` +
      `\`differentiable\``,
  );
}

/** Flags of the epilogue for one matmul. */
function epilogue(
  { bias, residual }: MatmulInputs,
  { activation = "none" }: MatmulAttrs,
  n: number,
  residualTexels: boolean,
) {
  return {
    BIAS: bias !== undefined,
    RESIDUAL: residual !== undefined,
    RESIDUAL_TEXELS: residualTexels,
    ACTIVATION: activation,
    Y_VEC4: n % 4 === 0,
  };
}

/** Rows of x that are staged at once: bounds the staging texture to what devices allow. */
const stagedRows = 8192;

function lowerPanel(job: Lowering<MatmulInputs, MatmulAttrs, "f32">): void {
  const { inputs, outputs: [y], attrs, adapter, dispatch, texels } = job;
  const { x, w, bias, residual } = inputs;
  const { m, k, n } = sizes(inputs, attrs);
  const { lanes } = adapter;
  const layout = panelLayout(k, n, lanes);
  let packed: Texture;
  if (w.kind === "packed" && w.storage.kind === "texture") {
    packed = w.storage;
  } else {
    packed = job.scratchTexture("w", layout.width, layout.height, "rgba32float");
    dispatch(packDispatch(w as Tensor, packed, [k, n], attrs.transposed ?? false, adapter));
  }
  const rows = panelRows(m, residual !== undefined, job.way), k4 = layout.steps;
  const residualTexels = residual !== undefined && n % 4 === 0;
  const whole = k % 4 === 0;
  const staged = whole
    ? texels(x)
    : job.scratchTexture("x", ...textureFor(Math.min(m, stagedRows) * k4), "rgba32float");
  for (let first = 0; first < m; first += whole ? m : stagedRows) {
    const count = whole ? m : Math.min(stagedRows, m - first);
    if (!whole) {
      dispatch({
        shader: stageShader,
        params: { columns: k, columns4: k4, rows: count, first },
        bindings: { x, staged },
        workgroups: grid(Math.ceil(count * k4 / 64), schedule(adapter).widestGrid),
      });
    }
    dispatch({
      shader: panelShader,
      flags: {
        LANES: lanes,
        ROWS: rows,
        COLUMNS4: layout.columns4,
        FORMAT: packed.format,
        ...epilogue(inputs, attrs, n, residualTexels),
      },
      params: { m: count, k4, n, first, fold: layout.fold },
      bindings: {
        staged,
        packed,
        y,
        bias,
        residual: residualTexels ? texels(residual) : residual,
      },
      // Rows before panels: a panel of w then stays in the cache while all of x goes by. The other way
      // round all of w would be read again for every few rows, and weights come from main memory.
      workgroups: [Math.ceil(count / rows), layout.panels],
    });
  }
}

function lowerTile(job: Lowering<MatmulInputs, MatmulAttrs, "f32">): void {
  const { inputs, outputs: [y], attrs, adapter, dispatch } = job;
  const { x, w, bias, residual } = inputs;
  const { m, k, n } = sizes(inputs, attrs);
  let packed = w.kind === "packed" ? w.storage as Tensor : w;
  if (w.kind !== "packed" && (attrs.transposed || n % 4 !== 0)) {
    packed = job.scratch("w", { shape: [k, n + (-n & 3)], dtype: "f32" }) as Tensor;
    dispatch(packDispatch(w, packed, [k, n], attrs.transposed ?? false, adapter));
  }
  // Rows of x as whole vec4s.
  let rows = x;
  if (k % 4 !== 0) {
    rows = job.scratch("x", { shape: [m, k + (-k & 3)], dtype: "f32" }) as Tensor;
    dispatch(packDispatch(x, rows, [m, k], false, adapter));
  }
  const HALF = (packed.dtype as string) === "f16";
  const after = epilogue(inputs, attrs, n, false);
  const operands = { x: rows, w: packed }, result = { y, bias, residual };
  const n4 = Math.ceil(n / 4);
  if (m <= fewRows) {
    dispatch({
      shader: skinnyShader,
      flags: { ROWS: m === 1 ? 1 : m <= 4 ? 4 : 8, HALF, ...after },
      params: { m, k, n },
      bindings: { ...operands, ...result },
      workgroups: [Math.ceil(n4 / skinnyColumns4)],
    });
    return;
  }
  const { tile: TILE, layers, span } = scheduleTiles(adapter, m, k, n, job.way);
  const tile = tiles[TILE];
  const across = Math.ceil(n4 / tile.columns4), down = Math.ceil(m / tile.rows);
  const SPLIT = layers > 1,
    parts = SPLIT ? job.scratch("parts", { shape: [layers, m, 4 * n4], dtype: "f32" }) : undefined;
  const none = { BIAS: false, RESIDUAL: false, RESIDUAL_TEXELS: false, ACTIVATION: "none" };
  dispatch({
    shader: tileShader,
    flags: { TILE, HALF, SPLIT, ...(SPLIT ? { ...none, Y_VEC4: true } : after) },
    params: { m, k, n, span },
    bindings: SPLIT ? { ...operands, parts } : { ...operands, ...result },
    workgroups: [across, down, layers],
  });
  if (!SPLIT) return;
  dispatch({
    shader: sumPartsShader,
    flags: after,
    params: { m, n, layers },
    bindings: { parts, ...result },
    workgroups: grid(Math.ceil(m * n4 / 64), schedule(adapter).widestGrid),
  });
}

/** `activation(x w + bias) + residual`: one linear layer with all that may follow it. */
export function matmul(
  recorder: Recorder,
  x: Tensor,
  w: Tensor | Packed,
  options: MatmulAttrs & Pick<MatmulInputs, "bias" | "residual"> = {},
): Tensor {
  const { bias, residual, ...attrs } = options;
  return recorder.apply(matmulOp, { x, w, bias, residual }, attrs)[0];
}
