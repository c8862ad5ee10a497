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
import { schedule } from "../schedule.ts";
import keysSource from "./keys.wgsl" with { type: "text" };
import { declareOperands, declareResult, type Reads, reads } from "./loads.ts";
import queriesSource from "./queries.wgsl" with { type: "text" };
import { unroll } from "./unroll.ts";

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

const built = [8, 16, 32, 64] as const;

const wholeRow = { columns: "params.width", offset: "0u" };
const both = { columns: "(2u * params.width)", offset: "0u" };

/** Each pass reads its own operands; they are declared in front of it. */
function withOperands(
  source: string,
  names: readonly string[],
  [result, binding]: [string, number],
) {
  return ({ READS, HEAD4 }: Readonly<Record<string, unknown>>): string => {
    const how = READS as Reads, layoutOf = (name: string) => /kv$/.test(name) ? both : wholeRow;
    const operands = Object.fromEntries(names.map((name) => [name, layoutOf(name)]));
    // Beyond that the code would outgrow the processor's caches.
    return (Number(HEAD4) <= 16 ? unroll(source, Number(HEAD4)) : source)
      .replace("${OPERANDS}", declareOperands(operands, how))
      .replace("${RESULT}", declareResult(result, binding, layoutOf(result).columns, how));
  };
}

const flags = {
  HEAD4: built,
  READS: reads,
  CAUSAL: [false, true],
  RANGES: [false, true],
} as const;
const queriesShader: Shader = {
  name: "attention_gradient/queries.wgsl",
  source: withOperands(queriesSource, ["q", "kv", "y", "dy"], ["dq", 6]),
  flags,
  excludes: ({ CAUSAL, RANGES }) => CAUSAL === true && RANGES === true,
};
const keysShader: Shader = {
  name: "attention_gradient/keys.wgsl",
  source: withOperands(keysSource, ["q", "kv", "dy"], ["dkv", 5]),
  flags: { ...flags, SEEN_BY: [false, true], TEXELS: [false, true] },
  excludes: ({ READS, TEXELS, CAUSAL, RANGES, SEEN_BY }) =>
    TEXELS !== (READS === "texels") || (CAUSAL === true && RANGES === true) ||
    (SEEN_BY === true && RANGES === false),
};

/** Every shader that the gradient can dispatch. */
export const attentionGradientShaders = [queriesShader, keysShader];

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
    const { q, kv, y, dy, ranges, seenBy } = inputs, { heads, causal, shared = 0 } = attrs;
    const { readTexels } = schedule(adapter);
    const width = sizeAt(q.shape, 2), head = width / heads;
    const how: Reads = head % 4 !== 0 ? "f32" : readTexels ? "texels" : "vec4";
    const load = how === "texels" ? texels : (tensor: Tensor) => tensor;
    const queries = sizeAt(q.shape, 1), keys = sizeAt(kv.shape, 1), batch = sizeAt(q.shape, 0);
    const invocations = readTexels ? adapter.lanes || 8 : 32;
    const shape = { heads, head, width, queries, keys, prefix: shared, scale: 1 / Math.sqrt(head) };
    const common = {
      HEAD4: built.find((size) => 4 * size >= head) ?? 64,
      READS: how,
      CAUSAL: causal,
      RANGES: ranges !== undefined,
    };
    const stats = scratch("stats", { shape: [batch, queries, heads, 4], dtype: "f32" }) as Tensor;
    dispatch({
      shader: queriesShader,
      flags: common,
      constants: { INVOCATIONS: invocations },
      params: { rows: batch * queries, ...shape },
      bindings: { q: load(q), kv: load(kv), y: load(y), dy: load(dy), stats, dq, ranges },
      workgroups: [Math.ceil(batch * queries / invocations), heads],
    });
    dispatch({
      shader: keysShader,
      flags: { ...common, SEEN_BY: seenBy !== undefined, TEXELS: how === "texels" },
      constants: { INVOCATIONS: invocations },
      params: { rows: batch * keys, ...shape },
      bindings: {
        q: load(q),
        kv: load(kv),
        dy: load(dy),
        stats: load(stats),
        dkv,
        ranges,
        seen_by: seenBy,
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
