/**
 * Prints what the peers make of the matmuls of CLIP.
 *
 * deno run --no-prompt --no-lock --allow-ffi bench/peers/main.ts
 *
 * @module
 */
import { compare, type Outcome, type Peer, peers, type Shape } from "./mod.ts";

const shapes: readonly Shape[] = [
  { m: 800, k: 768, n: 2304 },
  { m: 800, k: 768, n: 3072 },
  { m: 800, k: 3072, n: 768 },
  { m: 598, k: 512, n: 2048 },
];

const header = row(["m x k x n", "peer", "core-s", "wall s", "GFLOP/core-s", "max error"]);

function line({ peer, shape: { m, k, n }, ...outcome }: Outcome): string {
  return row([
    `${m} x ${k} x ${n}`,
    peer.name,
    outcome.coreSeconds.toFixed(4),
    outcome.wallSeconds.toFixed(4),
    outcome.gflopPerCoreSecond.toFixed(2),
    outcome.maxError.toExponential(1),
  ]);
}

function row(cells: readonly string[]): string {
  return cells.map((cell, i) => i < 2 ? cell.padEnd(16) : cell.padStart(12)).join(" ");
}

if (import.meta.main) {
  await using opened = new AsyncDisposableStack();
  const usable: Peer[] = [];
  for (const { open } of peers) {
    try {
      const peer = opened.use(await open());
      usable.push(peer);
      console.log(`${peer.name} ${peer.version}`);
    } catch (error) {
      // Peers are optional: go on with the others.
      console.error(error instanceof Error ? error.message : error);
    }
  }
  console.log(`\n${header}`);
  for await (const outcome of compare(usable, shapes)) console.log(line(outcome));
}
