import { type AdapterFacts, environment } from "../engine/mod.ts";

/**
 * The one table of choices by adapter. A software adapter runs a workgroup as a loop over vectors of
 * `lanes` invocations: barriers and workgroup memory are dear, subgroup broadcasts and texel loads
 * are cheap. A GPU is the other way round. ARCHITECTURE.md has the measurements.
 */
interface Choices {
  /** Matmul family: texel panels with subgroup broadcast, or tiles in workgroup memory. */
  readonly matmul: "panel" | "tile";
  /** Attention family: one subgroup for a few queries, or tiles in workgroup memory. */
  readonly attention: "subgroup" | "tile";
  /** Whether kernels that read much should read textures instead of buffers. */
  readonly readTexels: boolean;
  /** Invocations of a workgroup in row-wise kernels. */
  readonly rowInvocations: number;
  /** Whether each of them takes a row of its own, where there are enough, instead of sharing one. */
  readonly rowsAlone: boolean;
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

/** What suits an adapter, by what the start-up probe measured, with what the user forces on top. */
export function choose(adapter: AdapterFacts): Choices {
  const broadcasts = adapter.lanes > 0 && adapter.probe.broadcast > adapter.probe.workgroup;
  const wide = (forced("workgroups", adapter) ?? (adapter.software ? "narrow" : "wide")) === "wide";
  return {
    matmul: forced("matmul", adapter) ?? (broadcasts ? "panel" : "tile"),
    attention: forced("attention", adapter) ?? (broadcasts ? "subgroup" : "tile"),
    readTexels: !wide,
    rowsAlone: !wide,
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
