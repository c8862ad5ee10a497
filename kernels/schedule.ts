import { type AdapterFacts, elements, environment, type Shape, sizeAt } from "../engine/mod.ts";
import { grid, widestGrid } from "./grid.ts";
import { type Tile, type TileName, tiles } from "./matmul/tile.ts";

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
  /** Most invocations of a workgroup in row-wise kernels. */
  readonly rowInvocations: number;
  /** Longest row that one invocation takes instead of a workgroup, where there are enough rows. */
  readonly longestOwnRow: number;
  /** Invocations of a workgroup in element-wise kernels. */
  readonly flatInvocations: number;
  /** Workgroups in a row of a grid: see `grid()`. */
  readonly widestGrid: number;
}

/**
 * What can be forced, by `openDevice({ families })` or by variables such as `AUTT_MATMUL=tile`: for
 * experiments, and so that every path is tested on whatever adapter runs the tests.
 */
const families = {
  matmul: ["panel", "tile"],
  tile: Object.keys(tiles) as TileName[],
  attention: ["subgroup", "tile"],
  workgroups: ["narrow", "wide"],
  grid: ["full", "folded"],
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
    // A second row is what only millions of elements need: tests fold the grids of small ones.
    widestGrid: forced("grid", adapter) === "folded" ? 3 : widestGrid,
    ...(wide
      ? { rowInvocations: 128, longestOwnRow: 8, flatInvocations: 256 }
      : { rowInvocations: 8, longestOwnRow: Infinity, flatInvocations: 64 }),
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
  const { flatInvocations: invocations, widestGrid } = schedule(adapter);
  return { invocations, workgroups: grid(Math.ceil(count / invocations), widestGrid) };
}

/** The fewest terms that are added up in two stages, and the most in one: llvmpipe ends longer loops. */
const manyTerms = 512, longestLoop = 65535;

/** How many workgroups of element-wise kernels keep a device busy. */
const enoughWorkgroups = { software: 2, gpu: 64 } as const;

/**
 * Into how many parts of how many terms sums are cut, so that few long ones keep a device busy: no
 * sum is cut into more parts than these have terms.
 */
export function scheduleSums(adapter: AdapterFacts, results: number, terms: number) {
  const { flatInvocations, readTexels } = schedule(adapter);
  const enough = flatInvocations * enoughWorkgroups[readTexels ? "software" : "gpu"];
  const wanted = terms < manyTerms ? 1 : Math.max(
    Math.ceil(terms / longestLoop),
    Math.min(Math.ceil(Math.sqrt(terms)), Math.floor(enough / results)),
  );
  const span = Math.ceil(terms / wanted);
  return { parts: Math.ceil(terms / span), span };
}

/**
 * How a row-wise kernel shares out rows. `longest` is the longest row, in elements, that one
 * invocation may sum: one running sum over more would lose digits.
 */
export function scheduleRows(adapter: AdapterFacts, rows: number, columns: number, longest = 32) {
  const { rowInvocations: most, longestOwnRow, widestGrid } = schedule(adapter);
  const rowPerInvocation = rows >= most && columns <= Math.min(longest, longestOwnRow);
  // Where a workgroup shares a short row, invocations without a column would only wait at barriers.
  const sharing = Math.max(32, 2 ** Math.ceil(Math.log2(columns)));
  const invocations = rowPerInvocation ? most : Math.min(most, sharing);
  const workgroups = grid(rowPerInvocation ? Math.ceil(rows / invocations) : rows, widestGrid);
  return { rowPerInvocation, invocations, workgroups };
}

/** Products of no more rows have kernels of their own. */
export const fewRows = 8;

/** Rows that a panel of a matmul may have. */
export const panelHeights = [8, 16, 20, 32] as const;

/**
 * Rows of a matmul's panel kernel. 20 is the most whose loop still fits the processor's cache of
 * decoded instructions; 16 where 20 would compute over 3 % more rows for nothing, and with a
 * residual, whose code takes too much of that cache: 20 rows are then a fifth slower. That is so on the
 * processors that were measured; another may be better off with one of `panelWays()`.
 */
export function panelRows(
  m: number,
  residual: boolean,
  way?: string,
): typeof panelHeights[number] {
  const chosen = panelHeights.find((rows) => String(rows) === way);
  if (chosen !== undefined) return chosen;
  const computed = (rows: number) => Math.ceil(m / rows) * rows;
  if (m <= fewRows) return 8;
  return residual || computed(20) > 1.03 * computed(16) ? 16 : 20;
}

/** Other rows that are worth measuring. */
export function panelWays(m: number, residual: boolean): string[] {
  if (m <= fewRows) return [];
  const usual = panelRows(m, residual);
  return panelHeights.filter((rows) => rows > fewRows && rows !== usual).map(String);
}

/** Workgroups along one axis that every device allows. */
const mostWorkgroups = 65535;

/**
 * Whether a convolution is a product by panels. Its images are then read as texels of four channels,
 * more than half of a panel's lanes have channels of y to compute, and the groups of pixels of y fit
 * one axis of the grid.
 */
export function panelConvolves(adapter: AdapterFacts, y: Shape, channels: number): boolean {
  const made = sizeAt(y, -1), pixels = elements(y) / made;
  return schedule(adapter).matmul === "panel" && channels % 4 === 0 &&
    Math.ceil(made / 4) > adapter.lanes / 2 &&
    Math.ceil(pixels / panelRows(pixels, false)) <= mostWorkgroups;
}

/** How a product is computed by tiles. */
export interface TileSchedule {
  readonly tile: TileName;
  /** Layers of the grid that share K; where there are several, a second dispatch adds them up. */
  readonly layers: number;
  /** Rows of w that each of them takes. */
  readonly span: number;
}

/** Cores of a GPU that does not tell: those of a large one. */
const usualCores = 128;

/** The fewest rows of w that are worth a layer, and the most layers. */
const leastSpan = 48, mostLayers = 16;

/** How often a tile of these sizes lies in a result. */
function countTiles({ rows, columns4 }: Tile, m: number, n: number): number {
  return Math.ceil(m / rows) * Math.ceil(n / 4 / columns4);
}

/** What of a tile's rows is computed for nothing, as a factor. */
function wastedRows({ rows }: Tile, m: number): number {
  return Math.ceil(m / rows) * rows / m;
}

/** The layers that make so many workgroups of a tile, if they can. */
function layersFor(tile: Tile, workgroups: number, m: number, k: number, n: number): number {
  const most = Math.min(mostLayers, Math.floor(k / leastSpan), workgroups / countTiles(tile, m, n));
  return Math.max(1, Math.floor(most));
}

/** A tile with so many layers, each of which has something to do. */
function withLayers(tile: TileName, k: number, wanted: number): TileSchedule {
  const { step } = tiles[tile], span = Math.ceil(k / wanted / step) * step;
  return { tile, layers: Math.ceil(k / span), span };
}

/**
 * The largest tile reads least for each product, where there are about as many workgroups as the GPU
 * has cores, or far more; smaller ones, several to a core, leave less of it idle. Layers make up
 * for what the result is too small for.
 */
export function scheduleTiles(
  adapter: AdapterFacts,
  m: number,
  k: number,
  n: number,
  way?: string,
): TileSchedule {
  if (way !== undefined) {
    const [name, layers] = way.split("/");
    return withLayers(name as TileName, k, Number(layers));
  }
  const { cores = usualCores } = adapter;
  const choose = (name: TileName): TileSchedule => {
    const workgroups = name === "64x128" ? 3 * cores : cores;
    return withLayers(name, k, layersFor(tiles[name], workgroups, m, k, n));
  };
  const named = forced("tile", adapter);
  if (named) return choose(named);
  const large = tiles["128x128"], middle = tiles["64x128"];
  const busy = countTiles(large, m, n) * layersFor(large, cores, m, k, n) / cores;
  if (wastedRows(large, m) < 1.15 && (busy > 0.85 && busy <= 1 || busy > 1.9)) {
    return choose("128x128");
  }
  return choose(wastedRows(middle, m) < 1.3 && n > 64 ? "64x128" : "32x64");
}

/** The most workgroups to a core that are worth measuring; half and a quarter of their layers are too. */
const mostPerCore = 4;

/** The most rows that a tile that is worth measuring computes for nothing, as a factor. */
const mostWaste = 2;

/** Other tiles and layers that are worth measuring, such as `64x64/4`. */
export function tileWays(adapter: AdapterFacts, m: number, k: number, n: number): string[] {
  if (m <= fewRows || forced("tile", adapter)) return [];
  const { cores = usualCores } = adapter;
  const nameOf = ({ tile, layers }: TileSchedule) => `${tile}/${layers}`;
  const ways = (Object.keys(tiles) as TileName[])
    .filter((name) => wastedRows(tiles[name], m) <= mostWaste || name === "32x64")
    .flatMap((name) => {
      const most = layersFor(tiles[name], mostPerCore * cores, m, k, n);
      return [1, 2, 4].map((part) => nameOf(withLayers(name, k, Math.ceil(most / part))));
    });
  const usual = nameOf(scheduleTiles(adapter, m, k, n));
  return [...new Set(ways)].filter((way) => way !== usual);
}

/**
 * Whether a GPU's attention takes queries in blocks, which share the keys that they read, or one by
 * one: where there are few, or few of one sequence among those packed into one.
 */
export function attentionBlocks(
  queries: number,
  keys: number,
  ranges: boolean,
  way?: string,
): boolean {
  return way === undefined ? queries > (ranges ? keys / 4 : 8) : way === "blocks";
}

/** Rows of invocations of a workgroup, with four queries each: few where few see the same keys. */
export function attentionRows(ranges: boolean): 4 | 8 {
  return ranges ? 4 : 8;
}
