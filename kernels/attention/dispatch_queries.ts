import { type Dispatch, type Shader, sizeAt, type Tensor } from "../../engine/mod.ts";
import { attentionBlocks, attentionRows } from "../schedule.ts";
import blockSource from "./block.wgsl" with { type: "text" };
import rowSource from "./row.wgsl" with { type: "text" };
import { chunksFor, optionalRanges, type TileOperands, tileShader } from "./tiles.ts";

/** Operands of the kernels that go by queries, and what is asked of them. */
export interface QueryJob {
  readonly q: Tensor;
  readonly k: Tensor;
  readonly v: Tensor;
  readonly y: Tensor;
  readonly ranges?: Tensor<"u32"> | undefined;
  /** For the derivative by the queries, which then is the result. */
  readonly gradient?: { readonly dy: Tensor; readonly dq: Tensor; readonly stats: Tensor };
  readonly heads: number;
  readonly head: number;
  readonly causal: boolean;
  readonly shared?: number | undefined;
  /** First columns of the heads of q, k and v. */
  readonly offsets: readonly [number, number, number];
}

type QueryShaders = Readonly<Record<"blocks" | "rows", Shader>>;

/** Those of attention, and those of its derivative by the queries. */
const [forward, backward] = [false, true].map((gradient) => {
  const operands: TileOperands = gradient
    ? {
      heads: { q: "read", k: "read", v: "read", y: "read", dy: "read", dq: "write" },
      others: { stats: { access: "write", element: "vec4f" }, ranges: optionalRanges },
    }
    : {
      heads: { q: "read", k: "read", v: "read", y: "write" },
      others: { ranges: optionalRanges },
    };
  const GRADIENT = [gradient];
  return {
    // Four queries of the widest heads would be too much for an invocation's registers.
    blocks: tileShader("block.wgsl", blockSource, operands, {
      ...{ GRADIENT, CHUNKS: [1, 2, 4], VEC4: [true] },
    }),
    rows: tileShader("row.wgsl", rowSource, operands, { GRADIENT }),
  };
}) as [QueryShaders, QueryShaders];
export const queryShaders: readonly Shader[] = Object.values(forward);
export const queryGradientShaders: readonly Shader[] = Object.values(backward);

/** The parameters that all attention kernels for GPUs take. */
export function attentionParams({ q, k, v, heads, head, causal, shared, offsets }: QueryJob) {
  return {
    heads,
    head,
    queries: sizeAt(q.shape, 1),
    keys: sizeAt(k.shape, 1),
    prefix: shared ?? 0,
    causal: Number(causal),
    scale: 1 / Math.sqrt(head),
    q_columns: sizeAt(q.shape, 2),
    k_columns: sizeAt(k.shape, 2),
    v_columns: sizeAt(v.shape, 2),
    q_offset: offsets[0],
    k_offset: offsets[1],
    v_offset: offsets[2],
  };
}

/** Whether heads lie in whole vec4s. */
export function headsInVec4(
  { q, k, v, head, offsets }: Omit<QueryJob, "y">,
): boolean {
  return [head, ...offsets, ...[q, k, v].map(({ shape }) => sizeAt(shape, 2))]
    .every((size) => size % 4 === 0);
}

/** Whether queries may go in blocks: four of the widest heads are too much for an invocation. */
export function mayTakeBlocks(job: Omit<QueryJob, "y">): boolean {
  return headsInVec4(job) && chunksFor(job.head) < 8;
}

/** Attention for GPUs, or its derivative by the queries. */
export function dispatchQueries(
  dispatch: (dispatch: Dispatch) => void,
  job: QueryJob,
  way?: string,
): void {
  const { q, k, v, y, ranges, gradient, heads, head } = job;
  const [batch, queries, keys] = [sizeAt(q.shape, 0), sizeAt(q.shape, 1), sizeAt(k.shape, 1)];
  const chunks = chunksFor(head), ranged = ranges !== undefined, vec4 = headsInVec4(job);
  const blocks = mayTakeBlocks(job) && attentionBlocks(queries, keys, ranged, way);
  dispatch({
    shader: (gradient ? backward : forward)[blocks ? "blocks" : "rows"],
    flags: { CHUNKS: chunks, VEC4: vec4, RANGES: ranged, GRADIENT: gradient !== undefined },
    params: attentionParams(job),
    bindings: { q, k, v, y, ranges, ...gradient },
    workgroups: [blocks ? Math.ceil(queries / (4 * attentionRows(ranged))) : queries, heads, batch],
  });
}
