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
import { attentionRows, schedule } from "../schedule.ts";
import {
  attentionParams,
  dispatchQueries,
  headsInVec4,
  queryGradientShaders,
  type QueryJob,
} from "../attention/dispatch_queries.ts";
import { chunksFor, optionalOperands, optionalRanges, tileShader } from "../attention/tiles.ts";
import { unroll } from "../attention/unroll.ts";
import keyBlockSource from "./key_block.wgsl" with { type: "text" };
import keysSource from "./keys.wgsl" with { type: "text" };
import queriesSource from "./queries.wgsl" with { type: "text" };

/** Operands: those of attention, its result, and the derivative by that. */
export interface AttentionGradientInputs {
  /** `[B, Q, H K]` */
  readonly q: Tensor;
  /** `[B, T, 2 H K]`: keys, then values. */
  readonly kv: Tensor;
  /** As q. */
  readonly y: Tensor;
  readonly dy: Tensor;
  /** `[B, Q, 2]` */
  readonly ranges?: Tensor<"u32"> | undefined;
  /**
   * `[B, T, 2]`: the first query that may see each key and the one after the last; none for a key by
   * which no derivative is asked, and which then has none.
   */
  readonly seenBy?: Tensor<"u32"> | undefined;
}

/** Settings: those of attention. */
export interface AttentionGradientAttrs {
  readonly heads: number;
  readonly causal: boolean;
  readonly shared?: number | undefined;
  readonly pairs?: number | undefined;
}

const stats = { access: "read", element: "vec4f" } as const;
const texels = { access: "read", element: "vec4f", forms: ["texels"] } as const;
const written = { access: "write", element: "vec4f" } as const;

/** A kernel for software adapters. For wider heads its code would outgrow processors' caches. */
function softwareShader(
  name: string,
  source: string,
  operands: NonNullable<Shader["operands"]>,
  flags: Shader["flags"] = {},
): Shader {
  return {
    name,
    source: ({ HEAD4 }) => unroll(source, { HEAD4: Number(HEAD4) }),
    flags: { HEAD4: [8, 16], CAUSAL: [false, true], RANGES: [false, true], ...flags },
    operands,
    excludes: optionalOperands,
  };
}
const queriesShader = softwareShader("attention_gradient/queries.wgsl", queriesSource, {
  ...{ q: texels, kv: texels, y: texels, dy: texels },
  ...{ stats: written, dq: written, ranges: optionalRanges },
});
const keysShader = softwareShader("attention_gradient/keys.wgsl", keysSource, {
  ...{ q: texels, kv: texels, dy: texels, stats: texels },
  ...{ dkv: written, ranges: optionalRanges, seen_by: optionalRanges },
}, { SEEN_BY: [false, true] });
const keyBlockShader = tileShader("key_block.wgsl", keyBlockSource, {
  heads: { q: "read", kv: "read", dy: "read", dkv: "write" },
  others: { stats, ranges: optionalRanges, seen_by: optionalRanges },
}, { SEEN_BY: [false, true] });

/** Every shader that the gradient can dispatch. */
export const attentionGradientShaders = [
  queriesShader,
  keysShader,
  ...queryGradientShaders,
  keyBlockShader,
];

/** The operation behind `attentionGradient()`. */
export const attentionGradientOp: Op<AttentionGradientInputs, AttentionGradientAttrs> = {
  name: "attention_gradient",

  infer({ q, kv, y, dy, ranges, seenBy }, { heads, causal }) {
    const refuse = (why: string) => new TypeError(`Cannot record attention_gradient: ${why}`);
    const [batch = 0, queries = 0, width = 0] = q.shape, keys = kv.shape[1] ?? 0;
    if (width % heads !== 0 || width / heads > 256) {
      throw refuse(`heads must share the width evenly: got width ${width} and ${heads} heads`);
    }
    const wanted = {
      kv: [kv, [batch, keys, 2 * width]],
      y: [y, q.shape],
      dy: [dy, q.shape],
      ranges: [ranges, [batch, queries, 2]],
      seenBy: [seenBy, [batch, keys, 2]],
    } as const;
    for (const [name, [operand, shape]] of Object.entries(wanted)) {
      if (operand && !sameShape(operand.shape, shape)) {
        throw refuse(`${name} must be ${formatShape(shape)}: got ${formatShape(operand.shape)}`);
      }
    }
    if (ranges ? causal : seenBy) {
      throw refuse(`ranges say what is seen: got ${causal ? "causal as well" : "seenBy alone"}`);
    }
    return [{ shape: q.shape, dtype: "f32" }, { shape: kv.shape, dtype: "f32" }];
  },

  describe({ q, kv, ranges, seenBy }, { heads, causal, shared }) {
    const [b, queries, width = 0] = q.shape;
    return `B=${b},Q=${queries},T=${kv.shape[1]},H=${heads},K=${width / heads}` +
      `${causal ? ",causal" : ""}${ranges ? ",ranges" : ""}${seenBy ? ",seen_by" : ""}` +
      `${shared ? `,shared=${shared}` : ""}`;
  },

  lower({ inputs, outputs: [dq, dkv], attrs, adapter, scratch, texels, dispatch }) {
    const { q, kv, y, dy, ranges, seenBy: seen_by } = inputs, { heads, causal } = attrs;
    const [batch, queries, width] = [sizeAt(q.shape, 0), sizeAt(q.shape, 1), sizeAt(q.shape, 2)];
    const keys = sizeAt(kv.shape, 1), head = width / heads;
    const stats = scratch("stats", { shape: [batch, queries, heads, 4], dtype: "f32" }) as Tensor;
    const given = { RANGES: ranges !== undefined }, bounded = { SEEN_BY: seen_by !== undefined };
    const job: QueryJob = {
      ...attrs,
      ...{ q, k: kv, v: kv, y, ranges, head, gradient: { dy, dq, stats }, offsets: [0, 0, width] },
    };
    if (!schedule(adapter).readTexels || head % 4 !== 0 || head > 64) {
      dispatchQueries(dispatch, job);
      const chunks = chunksFor(head);
      dispatch({
        shader: keyBlockShader,
        flags: { CHUNKS: chunks, VEC4: headsInVec4(job), ...given, ...bounded },
        params: attentionParams(job),
        bindings: { q, kv, dy, stats, dkv, ranges, seen_by },
        workgroups: [
          Math.ceil(keys / (4 * attentionRows(given.RANGES))),
          heads * Math.max(1, chunks / 4),
          batch,
        ],
      });
      return;
    }
    const invocations = adapter.lanes || 8;
    const flags = { HEAD4: head > 32 ? 16 : 8, CAUSAL: causal, ...given };
    const constants = { INVOCATIONS: invocations };
    const params = {
      ...{ heads, head4: head / 4, queries, keys, prefix: attrs.shared ?? 0 },
      scale: 1 / Math.sqrt(head),
    };
    dispatch({
      ...{ shader: queriesShader, flags, constants },
      params: { rows: batch * queries, ...params },
      bindings: { q: texels(q), kv: texels(kv), y: texels(y), dy: texels(dy), stats, dq, ranges },
      workgroups: [Math.ceil(batch * queries / invocations), heads],
    });
    dispatch({
      ...{ shader: keysShader, flags: { ...flags, ...bounded }, constants },
      params: { rows: batch * keys, ...params },
      bindings: {
        ...{ q: texels(q), kv: texels(kv), dy: texels(dy), stats: texels(stats) },
        ...{ dkv, ranges, seen_by },
      },
      workgroups: [Math.ceil(batch * keys / invocations), heads],
    });
  },

  cost({ q, kv }, { causal, pairs: counted }) {
    const [batch = 0, queries = 0, width = 0] = q.shape, keys = sizeAt(kv.shape, 1);
    const pairs = counted ?? batch * queries * (causal ? (keys + 1) / 2 : keys);
    return {
      flops: pairs * 16 * width,
      bytes: 4 * (4 * elements(q.shape) + 2 * elements(kv.shape)),
    };
  },
};

/** The derivatives of `attention()` by the queries, and by keys and values. */
export function attentionGradient(
  recorder: Recorder,
  inputs: AttentionGradientInputs,
  attrs: AttentionGradientAttrs,
): { readonly dq: Tensor; readonly dkv: Tensor } {
  const [dq, dkv] = recorder.apply(attentionGradientOp, inputs, attrs);
  return { dq, dkv: dkv as Tensor };
}
