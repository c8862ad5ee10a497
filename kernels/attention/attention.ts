import {
  type AdapterFacts,
  formatShape,
  type Lowering,
  type Op,
  type Recorder,
  sameShape,
  type Shader,
  sizeAt,
  type Tensor,
} from "../../engine/mod.ts";
import { attentionGradient } from "../attention_gradient/attention_gradient.ts";
import { attentionBlocks, schedule } from "../schedule.ts";
import {
  dispatchQueries,
  headsInVec4,
  mayTakeBlocks,
  type QueryJob,
  queryShaders,
} from "./dispatch_queries.ts";
import subgroupSource from "./subgroup.wgsl" with { type: "text" };
import { optionalOperands, optionalRanges } from "./tiles.ts";
import { unroll } from "./unroll.ts";

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

const texels = { access: "read", element: "vec4f", forms: ["texels"] } as const;
const subgroupShader: Shader = {
  name: "subgroup.wgsl",
  source: ({ LANES, SPANS }) =>
    unroll(subgroupSource, {
      ...{ LANES: Number(LANES), SPANS: Number(SPANS), TWO: 2 },
      QUERIES: Math.min(8, Number(LANES)),
    }),
  flags: {
    LANES: [4, 8, 16],
    SPANS: [1, 2, 4],
    CAUSAL: [false, true],
    RANGES: [false, true],
  },
  operands: {
    ...{ q: texels, k: texels, v: texels },
    y: { access: "write", element: "vec4f" },
    ranges: optionalRanges,
  },
  excludes: optionalOperands,
};

/** Every shader that attention can dispatch. */
export const attentionShaders = [subgroupShader, ...queryShaders];

/** What is asked of the kernels, but for the result. */
function askedOf(
  { q, k, v, ranges }: AttentionInputs,
  attrs: AttentionAttrs,
): Omit<QueryJob, "y"> {
  const { heads, width, qOffset, kOffset, vOffset } = attrs;
  return {
    ...attrs,
    ...{ q, k, v, ranges, head: width / heads, offsets: [qOffset, kOffset, vOffset] },
  };
}

/** vec4s of a head for each lane of a subgroup, where the adapter has that family and it fits. */
function spansOf(asked: Omit<QueryJob, "y">, adapter: AdapterFacts): number | undefined {
  const spans = Math.ceil(asked.head / 4 / (adapter.lanes || 1));
  const fits = schedule(adapter).attention === "subgroup" && spans <= 4 && headsInVec4(asked);
  return fits ? spans : undefined;
}

/**
 * How many roundings pile up: in the sum of a score, whose error the exponential passes on, and in the
 * sum over keys.
 */
export function roundings(
  { k }: Pick<AttentionInputs, "k">,
  { width, heads }: AttentionAttrs,
): number {
  return 2 * width / heads + sizeAt(k.shape, 1) + 32;
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
    const asked = { ...askedOf(job.inputs, job.attrs), y: job.outputs[0] };
    const spans = spansOf(asked, job.adapter);
    if (spans !== undefined) lowerSubgroup(job, spans);
    else dispatchQueries(job.dispatch, asked, job.way);
  },

  ways(inputs, attrs, adapter) {
    const asked = askedOf(inputs, attrs);
    const [queries, keys] = [sizeAt(asked.q.shape, 1), sizeAt(asked.k.shape, 1)];
    const names = spansOf(asked, adapter) !== undefined || !mayTakeBlocks(asked)
      ? []
      : [attentionBlocks(queries, keys, false) ? "rows" : "blocks"];
    return { names, roundings: roundings(inputs, attrs) };
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
  const { inputs: { q, k, v, ranges }, outputs: [y], attrs, adapter: { lanes }, dispatch } = job;
  const { heads, width, causal, shared, qOffset, kOffset, vOffset } = attrs, head = width / heads;
  const queries = sizeAt(q.shape, 1);
  dispatch({
    shader: subgroupShader,
    flags: {
      LANES: lanes,
      SPANS: spans === 3 ? 4 : spans,
      CAUSAL: causal,
      RANGES: ranges !== undefined,
    },
    params: {
      heads,
      head4: head / 4,
      queries,
      keys: sizeAt(k.shape, 1),
      prefix: shared ?? 0,
      scale: 1 / Math.sqrt(head),
      q_columns4: sizeAt(q.shape, 2) / 4,
      q_offset4: qOffset / 4,
      k_columns4: sizeAt(k.shape, 2) / 4,
      k_offset4: kOffset / 4,
      v_columns4: sizeAt(v.shape, 2) / 4,
      v_offset4: vOffset / 4,
    },
    bindings: { q: job.texels(q), k: job.texels(k), v: job.texels(v), y, ranges },
    workgroups: [Math.ceil(queries / Math.min(8, lanes)), heads, sizeAt(q.shape, 0)],
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
