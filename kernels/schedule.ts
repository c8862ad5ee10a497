import { type AdapterFacts, environment } from "../engine/mod.ts";
import { grid } from "./grid.ts";

/**
 * How operations run on an adapter. A software adapter runs a workgroup as a loop over vectors of
 * `lanes` invocations: barriers and workgroup memory are expensive, subgroup broadcasts and texel
 * loads are cheap. A GPU is the other way round. ARCHITECTURE.md has the measurements.
 */
export interface Schedule {
  /** Matmul family: texel panels with subgroup broadcast, or tiles in workgroup memory. */
  readonly matmul: "panel" | "tile";
  /** Attention family: one subgroup for a few queries, or tiles in workgroup memory. */
  readonly attention: "subgroup" | "tile";
  /** Whether kernels that read much read textures instead of buffers. */
  readonly readTexels: boolean;
  /** Invocations of a workgroup in row-wise kernels. */
  readonly rowInvocations: number;
  /** One row per invocation instead of one per workgroup, where there are enough rows. */
  readonly rowPerInvocation: boolean;
  /** Invocations of a workgroup in element-wise kernels. */
  readonly flatInvocations: number;
}

/**
 * What can be forced, by `openDevice({ families })` or by variables such as `AUTT_MATMUL=tile`: for
 * experiments, and so that every path is tested on whatever adapter runs the tests.
 */
const families = {
  matmul: ["panel", "tile"],
  attention: ["subgroup", "tile"],
  workgroups: ["narrow", "wide"],
} as const;

const schedules = new WeakMap<AdapterFacts, Schedule>();

/** The schedule of an adapter, decided once: from what the probe measured, and what is forced. */
export function schedule(adapter: AdapterFacts): Schedule {
  const known = schedules.get(adapter) ?? decide(adapter);
  schedules.set(adapter, known);
  return known;
}

function decide(adapter: AdapterFacts): Schedule {
  const broadcasts = adapter.lanes > 0 && adapter.probe.broadcast > adapter.probe.workgroup;
  const wide = (forced("workgroups", adapter) ?? (adapter.software ? "narrow" : "wide")) === "wide";
  return {
    matmul: forced("matmul", adapter) ?? (broadcasts ? "panel" : "tile"),
    attention: forced("attention", adapter) ?? (broadcasts ? "subgroup" : "tile"),
    readTexels: !wide,
    rowPerInvocation: !wide,
    ...(wide ? { rowInvocations: 128, flatInvocations: 256 } : {
      rowInvocations: 8,
      flatInvocations: 64,
    }),
  };
}

function forced<K extends keyof typeof families>(
  kernel: K,
  { forced: words, lanes }: AdapterFacts,
): typeof families[K][number] | undefined {
  const word = words[kernel] ?? environment(`AUTT_${kernel.toUpperCase()}`);
  if (word === undefined) return undefined;
  const family = families[kernel].find((known) => known === word);
  if (family === undefined) {
    throw new TypeError(
      `Cannot choose ${kernel} family "${word}": wanted one of ${families[kernel].join(", ")}`,
    );
  }
  if ((family === "panel" || family === "subgroup") && lanes === 0) {
    throw new TypeError(
      `Cannot choose ${kernel} family "${word}": the adapter has no usable subgroup broadcast`,
    );
  }
  return family;
}

/**
 * The longest row, in `E`, that one invocation may sum in layer norm and its gradient: as vec4s these
 * are four partial sums, which keep the precision.
 */
export const longestRowOfNorms = 256;

/** Workgroups and their size for so many invocations. */
export function scheduleFlat(adapter: AdapterFacts, count: number) {
  const { flatInvocations: invocations } = schedule(adapter);
  return { invocations, workgroups: grid(Math.ceil(count / invocations)) };
}

/**
 * How a row-wise kernel shares out rows. `longest` is the longest row, in elements, that one
 * invocation may sum: one running sum over more would lose digits.
 */
export function scheduleRows(adapter: AdapterFacts, rows: number, columns: number, longest = 32) {
  const { rowInvocations: invocations, rowPerInvocation: allowed } = schedule(adapter);
  const rowPerInvocation = allowed && rows >= invocations && columns <= longest;
  const workgroups = grid(rowPerInvocation ? Math.ceil(rows / invocations) : rows);
  return { rowPerInvocation, invocations, workgroups };
}

/**
 * Rows of a matmul's panel kernel. 20 is the most whose loop still fits the processor's cache of
 * decoded instructions; 16 where 20 would compute over 3 % more rows for nothing, and with a
 * residual, whose code takes too much of that cache: 20 rows are then a fifth slower.
 */
export function panelRows(m: number, residual: boolean): 8 | 16 | 20 {
  const computed = (rows: number) => Math.ceil(m / rows) * rows;
  if (m <= 8) return 8;
  return residual || computed(20) > 1.03 * computed(16) ? 16 : 20;
}

/**
 * Whether a GPU's attention takes queries in blocks, which share the keys that they read, or one by
 * one: where there are few, or few of one sequence among those packed into one.
 */
export function attentionBlocks(queries: number, keys: number, ranges: boolean): boolean {
  return queries > (ranges ? keys / 4 : 8);
}

/** Rows of invocations of a workgroup, with four queries each: few where few see the same keys. */
export function attentionRows(ranges: boolean): 4 | 8 {
  return ranges ? 4 : 8;
}
