/**
 * Other libraries' matmuls, to compare ours with. All are optional: nothing of the project depends
 * on them, and each says in one sentence what is missing when it cannot be opened.
 *
 * @module
 */
import { openJaxJs } from "./jax_js.ts";
import { openOpenBlasPeer } from "./openblas_peer.ts";
import type { Peer } from "./peer.ts";
import { openTfjsWebgpu } from "./tfjs_webgpu.ts";

export { compare, type Outcome } from "./compare.ts";
export type { Shape } from "./operands.ts";
export { asPeer, type Library, type Peer, type Product } from "./peer.ts";

/** A peer that may or may not be had here. */
export interface PeerEntry {
  readonly name: string;
  open(): Promise<Peer>;
}

export const peers: readonly PeerEntry[] = [
  { name: "openblas", open: () => openOpenBlasPeer() },
  { name: "tfjs-webgpu", open: openTfjsWebgpu },
  { name: "jax-js-webgpu", open: openJaxJs },
];
