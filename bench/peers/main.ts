/**
 * `./autt bench:peers`: prints what we and the peers make of the matmuls of CLIP, and our rate as
 * a share of each peer's.
 *
 * @module
 */
import {
  deviceHelp,
  deviceOptions,
  openNamed,
  parseOptions,
  runCommand,
} from "../../app/terminal/terminal.ts";
import { effortOf, quickHelp, quickOption } from "../effort.ts";
import { openEnginePeer } from "./engine_peer.ts";
import { compare, type Outcome } from "./compare.ts";
import { openJaxJs } from "./jax_js.ts";
import { openOpenBlasPeer } from "./openblas.ts";
import type { Peer } from "./peer.ts";
import { openTfjsWebgpu } from "./tfjs_webgpu.ts";

/** Other libraries' matmuls. All are optional: each says what is missing when it cannot be opened. */
const peers: readonly { name: string; open(): Promise<Peer> }[] = [
  { name: "openblas", open: () => openOpenBlasPeer() },
  { name: "tfjs-webgpu", open: openTfjsWebgpu },
  { name: "jax-js-webgpu", open: openJaxJs },
];

const help = `Compares our matmul with OpenBLAS (one thread), tfjs and jax-js (WebGPU).

usage: ./autt bench:peers [options]
  --only NAME       a peer by its name; may be repeated
${quickHelp}
${deviceHelp}

The peers are optional: OpenBLAS is Debian's libopenblas0-pthread, the others come from npm. A
core-second is processor time over all threads, the least of several repetitions.`;

const header = row([
  "m x k x n",
  "peer",
  "core-s",
  "wall s",
  "GFLOP/core-s",
  "max error",
  "autt is",
]);

function line({ peer, shape: { m, k, n }, ...outcome }: Outcome, ours: number): string {
  return row([
    `${m} x ${k} x ${n}`,
    peer.name,
    outcome.coreSeconds.toFixed(4),
    outcome.wallSeconds.toFixed(4),
    outcome.gflopPerCoreSecond.toFixed(2),
    outcome.maxError.toExponential(1),
    `${(ours / outcome.gflopPerCoreSecond).toFixed(2)}x`,
  ]);
}

function row(cells: readonly string[]): string {
  return cells.map((cell, i) => i < 2 ? cell.padEnd(16) : cell.padStart(12)).join(" ");
}

/** The `bench:peers` command. */
async function benchPeers(args: string[]): Promise<number> {
  const { values } = parseOptions(args, {
    ...deviceOptions,
    ...quickOption,
    only: { type: "string", multiple: true },
  }, help);
  // The peers ask for adapters of their own, and the Vulkan loader complains where this is unset.
  if (!Deno.env.get("XDG_RUNTIME_DIR")) Deno.env.set("XDG_RUNTIME_DIR", "/tmp");
  const { products, peerSeconds } = effortOf(values);
  using device = await openNamed(values);
  await using opened = new AsyncDisposableStack();
  const usable: Peer[] = [opened.use(openEnginePeer(device))];
  for (const { name, open } of peers.filter(({ name }) => values.only?.includes(name) ?? true)) {
    try {
      const peer = opened.use(await open());
      usable.push(peer);
      console.log(`${peer.name} ${peer.version}`);
    } catch (error) {
      // Peers are optional: go on with the others.
      console.error(`${name}: ${(error as Error).message}`);
    }
  }
  console.log(`\n${header}`);
  let ours = NaN; // ours comes first for every shape
  for await (const outcome of compare(usable, products, peerSeconds)) {
    if (outcome.peer === usable[0]) ours = outcome.gflopPerCoreSecond;
    console.log(line(outcome, ours));
  }
  return 0;
}

if (import.meta.main) await runCommand(benchPeers, Deno.args);
