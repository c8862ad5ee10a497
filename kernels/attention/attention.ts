import {
  elements,
  formatShape,
  type Lowering,
  type Op,
  type Recorder,
  sameShape,
  type Shader,
  sizeAt,
  type Tensor,
  textureFor,
} from "../../engine/mod.ts";
import { attentionGradient } from "../attention_gradient/attention_gradient.ts";
import { schedule } from "../schedule.ts";
import { grid } from "../grid.ts";
import stageSource from "./stage_heads.wgsl" with { type: "text" };
import { subgroupSource } from "./subgroup.ts";
import tileSource from "./tile.wgsl" with { type: "text" };
import { tileLoads } from "./tile_loads.ts";

/** Operands of attention: any of q, k and v may be the same tensor, at different columns. */
export interface AttentionInputs {
  /** `[B, Q, columns]` */
  readonly q: Tensor;
  /** `[B, T, columns]` */
  readonly k: Tensor;
  /** `[B, T, columns]` */
  readonly v: Tensor;
  /**
   * `[B, Q, 2]`: the first key that each query sees and the one after the last; at least one. This
   * is how sequences of different lengths lie in one, without padding between them.
   */
  readonly ranges?: Tensor<"u32"> | undefined;
  /**
   * `[B, T, 2]`: the first query that may see each key and the one after the last, for the gradient:
   * without it, it goes over all of them. An empty range leaves a key without a derivative.
   */
  readonly seenBy?: Tensor<"u32"> | undefined;
}

/** Settings of attention. */
export interface AttentionAttrs {
  readonly heads: number;
  /** Columns of all heads together, H * K. */
  readonly width: number;
  /** Query i sees the keys 0 to i only. Without `ranges`, which say the same and more. */
  readonly causal: boolean;
  /** The first column of each operand. */
  readonly qOffset: number;
  readonly kOffset: number;
  readonly vOffset: number;
  /** Keys at the beginning that every range has as well, as far as it reaches: a common prefix. */
  readonly shared?: number | undefined;
  /** How many pairs of a query and a key the ranges hold: for the cost only. */
  readonly pairs?: number | undefined;
}

/** The widest head that the kernels are built for. */
const widestHead = 256;

const stageShader: Shader = { name: "stage_heads.wgsl", source: stageSource };
const subgroupShader: Shader = {
  name: "subgroup.ts",
  source: subgroupSource,
  flags: {
    LANES: [4, 8, 16],
    QUERIES: [4, 8],
    GROUPS: [2],
    SPANS: [1, 2, 4],
    CAUSAL: [false, true],
    RANGES: [false, true],
    Y_VEC4: [true, false],
    Y_ELEMENT: ["vec4f", "f32"],
  },
  excludes: ({ LANES, QUERIES, CAUSAL, RANGES, Y_VEC4, Y_ELEMENT }) =>
    (CAUSAL === true && RANGES === true) || Y_VEC4 !== (Y_ELEMENT === "vec4f") ||
    QUERIES !== Math.min(8, Number(LANES)),
};
const tileShader: Shader = {
  name: "tile.wgsl",
  source: ({ ELEMENT }) => tileSource.replace("${LOADS}", tileLoads(ELEMENT === "vec4f")),
  flags: {
    HEAD4: [8, 16, 32, 64],
    KEYS: [8, 16],
    TILE: [128, 256, 512],
    ELEMENT: ["vec4f", "f32"],
    CAUSAL: [false, true],
    RANGES: [false, true],
  },
  excludes: ({ HEAD4, KEYS, TILE, CAUSAL, RANGES }) =>
    (CAUSAL === true && RANGES === true) || Number(HEAD4) * Number(KEYS) !== TILE ||
    KEYS !== keysPerTile(Number(HEAD4)),
};

/** Every shader that attention can dispatch. */
export const attentionShaders = [stageShader, subgroupShader, tileShader];

/** As many keys as leave both tiles within 16 KiB of workgroup memory, which every device has. */
function keysPerTile(head4: number): number {
  return Math.min(16, 512 / head4);
}

/** The operation behind `attention()`. */
export const attentionOp: Op<AttentionInputs, AttentionAttrs> = {
  name: "attention",

  infer({ q, k, v, ranges }, { heads, width, causal, shared, qOffset, kOffset, vOffset }) {
    const refuse = (why: string) => new TypeError(`Cannot record attention: ${why}`);
    if (width % heads !== 0 || width / heads > widestHead) {
      throw refuse(
        `heads must share the width evenly, at most ${widestHead} each: ` +
          `got width ${width} and ${heads} heads`,
      );
    }
    for (
      const [name, { shape }, offset] of [["q", q, qOffset], ["k", k, kOffset], [
        "v",
        v,
        vOffset,
      ]] as const
    ) {
      if (shape.length !== 3 || sizeAt(shape, 0) !== sizeAt(q.shape, 0)) {
        throw refuse(
          `${name} must be [${q.shape[0]}, positions, columns]: got ${formatShape(shape)}`,
        );
      }
      if (offset + width > sizeAt(shape, 2)) {
        throw refuse(
          `${name} must have columns ${offset} to ${offset + width}: got ${formatShape(shape)}`,
        );
      }
    }
    if (sizeAt(k.shape, 1) !== sizeAt(v.shape, 1)) {
      throw refuse(
        `k and v must have the same positions: got ${formatShape(k.shape)} and ` +
          formatShape(v.shape),
      );
    }
    const [batch, queries] = [sizeAt(q.shape, 0), sizeAt(q.shape, 1)];
    if (ranges && !sameShape(ranges.shape, [batch, queries, 2])) {
      throw refuse(`ranges must be [${batch}, ${queries}, 2]: got ${formatShape(ranges.shape)}`);
    }
    if (shared !== undefined && !ranges) throw refuse(`only ranges can share keys: got ${shared}`);
    if (ranges && causal) throw refuse("ranges say which keys are seen: got causal as well");
    return [{ shape: [batch, queries, width], dtype: "f32" }];
  },

  describe({ q, k, ranges }, { heads, width, causal, shared }) {
    const [b, queries] = q.shape, t = k.shape[1];
    const extras = `${causal ? ",causal" : ""}${ranges ? ",ranges" : ""}${
      shared ? `,shared=${shared}` : ""
    }`;
    return `B=${b},Q=${queries},T=${t},H=${heads},K=${width / heads}${extras}`;
  },

  lower(job) {
    const { lanes } = job.adapter;
    const { heads, width } = job.attrs;
    const spans = Math.ceil(Math.ceil(width / heads / 4) / (lanes || 1));
    if (schedule(job.adapter).attention === "subgroup" && spans <= 4) lowerSubgroup(job, spans);
    else lowerTile(job);
  },

  cost({ q, k }, { width, causal, pairs: counted }) {
    const [batch, queries, keys] = [sizeAt(q.shape, 0), sizeAt(q.shape, 1), sizeAt(k.shape, 1)];
    const pairs = counted ?? batch * queries * (causal ? (keys + 1) / 2 : keys);
    return {
      flops: pairs * 4 * width,
      bytes: 4 * batch * width * 2 * (queries + keys),
    };
  },

  gradient(r, { inputs, y, dy, attrs }) {
    const { q, k, v, ranges, seenBy } = inputs, { heads, causal, shared, pairs, width } = attrs;
    if (k !== v || attrs.qOffset + attrs.kOffset !== 0 || attrs.vOffset !== width) {
      throw new TypeError(
        "Cannot differentiate attention: keys and values must be one tensor, the queries another",
      );
    }
    const { dq, dkv } = attentionGradient(
      r,
      { q, kv: k, y, dy, ranges, seenBy },
      { heads, causal, shared, pairs },
    );
    return { q: dq, k: dkv }; // k and v are one
  },
};

function lowerSubgroup(job: Lowering<AttentionInputs, AttentionAttrs, "f32">, spans: number): void {
  const { inputs, outputs: [y], attrs, adapter: { lanes }, dispatch, texels } = job;
  const { heads, width, causal } = attrs;
  const head = width / heads, head4 = Math.ceil(head / 4);
  // An operand as texels, with the texels of a row and the first one of its heads.
  const stage = (name: "q" | "k" | "v", offset: number) => {
    const x = inputs[name];
    const columns = sizeAt(x.shape, 2), rows = elements(x.shape) / columns;
    if (head % 4 === 0 && offset % 4 === 0 && columns % 4 === 0) {
      return { texture: texels(x), columns4: columns / 4, offset4: offset / 4 };
    }
    const columns4 = heads * head4;
    const texture = job.scratchTexture(name, ...textureFor(rows * columns4), "rgba32float");
    dispatch({
      shader: stageShader,
      params: { rows, columns, offset, head, head4, heads },
      bindings: { x, staged: texture },
      workgroups: grid(Math.ceil(rows * columns4 / 64)),
    });
    return { texture, columns4, offset4: 0 };
  };
  const q = stage("q", attrs.qOffset);
  const k = stage("k", attrs.kOffset);
  const v = stage("v", attrs.vOffset);
  const queries = sizeAt(inputs.q.shape, 1), owned = Math.min(8, lanes), vec4 = head % 4 === 0;
  dispatch({
    shader: subgroupShader,
    flags: {
      LANES: lanes,
      QUERIES: owned,
      GROUPS: 2,
      SPANS: spans === 3 ? 4 : spans,
      CAUSAL: causal,
      RANGES: inputs.ranges !== undefined,
      Y_VEC4: vec4,
      Y_ELEMENT: vec4 ? "vec4f" : "f32",
    },
    params: {
      heads,
      head,
      head4,
      queries,
      keys: sizeAt(inputs.k.shape, 1),
      prefix: attrs.shared ?? 0,
      scale: 1 / Math.sqrt(head),
      q_columns4: q.columns4,
      q_offset4: q.offset4,
      k_columns4: k.columns4,
      k_offset4: k.offset4,
      v_columns4: v.columns4,
      v_offset4: v.offset4,
    },
    bindings: { q: q.texture, k: k.texture, v: v.texture, y, ranges: inputs.ranges },
    workgroups: [Math.ceil(queries / owned), heads, sizeAt(inputs.q.shape, 0)],
  });
}

function lowerTile(job: Lowering<AttentionInputs, AttentionAttrs, "f32">): void {
  const { inputs: { q, k, v, ranges }, outputs: [y], attrs, dispatch } = job;
  const { heads, width, causal, qOffset, kOffset, vOffset } = attrs;
  const head = width / heads;
  const head4 = [8, 16, 32, 64].find((built) => 4 * built >= head) ?? 64;
  const [qColumns, kColumns, vColumns] = [q, k, v].map(({ shape }) => sizeAt(shape, 2));
  const vec4 = [head, qOffset, kOffset, vOffset, qColumns, kColumns, vColumns]
    .every((size = 0) => size % 4 === 0);
  const keys = keysPerTile(head4), queries = sizeAt(q.shape, 1);
  dispatch({
    shader: tileShader,
    flags: {
      HEAD4: head4,
      KEYS: keys,
      TILE: head4 * keys,
      ELEMENT: vec4 ? "vec4f" : "f32",
      CAUSAL: causal,
      RANGES: ranges !== undefined,
    },
    params: {
      heads,
      head,
      queries,
      keys: sizeAt(k.shape, 1),
      prefix: attrs.shared ?? 0,
      scale: 1 / Math.sqrt(head),
      q_columns: qColumns ?? 0,
      k_columns: kColumns ?? 0,
      v_columns: vColumns ?? 0,
      q_offset: qOffset,
      k_offset: kOffset,
      v_offset: vOffset,
    },
    bindings: { q, k, v, y, ranges },
    workgroups: [Math.ceil(queries / 64), heads, sizeAt(q.shape, 0)],
  });
}

/** What attention may be told besides its operands. */
export interface AttentionOptions {
  /** H. */
  readonly heads: number;
  /** Each query sees what comes up to it. */
  readonly causal?: boolean;
  /** `[B, Q, 2]`: the rows that each query sees. */
  readonly ranges?: Tensor<"u32"> | undefined;
  /** `[B, T, 2]`: the queries that see each row, for the gradient. */
  readonly seenBy?: Tensor<"u32"> | undefined;
  /** Rows at the beginning that all queries see. */
  readonly shared?: number | undefined;
  /** How many pairs of a query and a row there are, for what it costs. */
  readonly pairs?: number | undefined;
}

/** Attention of queries `[B, Q, H K]` to `kv` `[B, T, 2 H K]`, which holds keys, then values. */
export function attention(
  recorder: Recorder,
  q: Tensor,
  kv: Tensor,
  { heads, causal = false, ranges, seenBy, shared, pairs }: AttentionOptions,
): Tensor {
  const width = sizeAt(q.shape, -1);
  const attrs = { heads, causal, shared, pairs, width, qOffset: 0, kOffset: 0, vOffset: width };
  return recorder.apply(attentionOp, { q, k: kv, v: kv, ranges, seenBy }, attrs)[0];
}
