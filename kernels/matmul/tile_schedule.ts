import type { AdapterFacts } from "../../engine/mod.ts";
import type { Tile } from "./tile.ts";

/** The tiles there are, by name: rows x columns of a workgroup. */
export const tiles = {
  "128x128": { rows: 128, columns4: 32, ownRows: 8, ownColumns4: 2, step: 16, buffers: 1 },
  "64x128": { rows: 64, columns4: 32, ownRows: 8, ownColumns4: 2, step: 8, buffers: 2 },
  "32x64": { rows: 32, columns4: 16, ownRows: 4, ownColumns4: 1, step: 16, buffers: 2 },
} as const satisfies Record<string, Tile>;

/** One of them. */
export type TileName = keyof typeof tiles;

/** How a product is computed by tiles. */
export interface TileSchedule {
  readonly tile: TileName;
  /** Layers of the grid that share K; where there are several, a second dispatch adds them up. */
  readonly layers: number;
  /** Rows of w that each of them takes. */
  readonly span: number;
}

/** Workgroups of the largest tile that keep a large GPU busy: it has so many cores. */
const cores = 128;

/** The fewest rows of w that are worth a layer, and the most layers. */
const leastSpan = 48, mostLayers = 16;

/**
 * The largest tile reads least for each product, where there are about as many workgroups as a large
 * GPU has cores, or far more; smaller ones, several to a core, leave less of it idle. Layers make up
 * for what the result is too small for.
 */
export function tileFor({ forced }: AdapterFacts, m: number, k: number, n: number): TileSchedule {
  const count = ({ rows, columns4 }: Tile) => Math.ceil(m / rows) * Math.ceil(n / 4 / columns4);
  const layersFor = (tile: Tile, workgroups: number) => {
    const most = Math.min(mostLayers, Math.floor(k / leastSpan), workgroups / count(tile));
    return Math.max(1, Math.floor(most));
  };
  const wasted = (tile: Tile) => Math.ceil(m / tile.rows) * tile.rows / m;
  const schedule = (name: TileName): TileSchedule => {
    const tile = tiles[name], layers = layersFor(tile, name === "64x128" ? 3 * cores : cores);
    const span = Math.ceil(k / layers / tile.step) * tile.step;
    return { tile: name, layers: Math.ceil(k / span), span };
  };
  if (forced.tile !== undefined) return schedule(tileNamed(forced.tile));
  const large = tiles["128x128"], middle = tiles["64x128"];
  const busy = count(large) * layersFor(large, cores) / cores;
  if (wasted(large) < 1.15 && (busy > 0.85 && busy <= 1 || busy > 1.9)) return schedule("128x128");
  return schedule(wasted(middle) < 1.3 && n > 64 ? "64x128" : "32x64");
}

function tileNamed(word: string): TileName {
  if (word in tiles) return word as TileName;
  throw new TypeError(
    `Cannot choose tile "${word}": wanted one of ${Object.keys(tiles).join(", ")}`,
  );
}
