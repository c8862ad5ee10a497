import { type ClipConfig, clipPresets } from "../model/clip/config.ts";
import { allowedNumber, isWhole } from "../app/terminal/terminal.ts";
import type { Shape } from "./peers/peer.ts";

/** How much a benchmark takes on. */
export interface Effort {
  /** How long one round of a measurement lasts at least. */
  readonly roundSeconds: number;
  /** How often many tiny dispatches are run. */
  readonly dispatchRounds: number;
  /** How long a peer may repeat a product, at least twice. */
  readonly peerSeconds: number;
  /** The products that peers compute. */
  readonly products: readonly Shape[];
  /** The sizes of the models that are measured. */
  readonly model: ClipConfig;
  /** Images that a model looks at in a run. */
  readonly frames: number;
}

/** What figures are reported of. A round is long against the wait for its end. */
export const fullEffort: Effort = {
  roundSeconds: 0.25,
  dispatchRounds: 20,
  peerSeconds: 5,
  // CLIP's.
  products: [
    { m: 800, k: 768, n: 2304 },
    { m: 800, k: 768, n: 3072 },
    { m: 800, k: 3072, n: 768 },
    { m: 598, k: 512, n: 2048 },
  ],
  model: clipPresets["ViT-B/32"],
  frames: 16,
};

/** All of it once, on a model of no use: to see that a benchmark runs. */
export const quickEffort: Effort = {
  roundSeconds: 0.005,
  dispatchRounds: 1,
  peerSeconds: 0.01,
  products: [{ m: 8, k: 12, n: 20 }, { m: 9, k: 16, n: 4 }],
  model: {
    image: { size: 32, patch: 16, width: 128, layers: 2, heads: 2 },
    text: { context: 24, vocabulary: 120, width: 64, layers: 2, heads: 1 },
    embedding: 32,
    activation: "quick_gelu",
  },
  frames: 3,
};

/** The option of benchmarks that can be seen to run: spread it into those of `parseOptions()`. */
export const quickOption = { quick: { type: "boolean", default: false } } as const;

/** Its line of help. */
export const quickHelp = `  --quick           a small model, hardly measured: to see that it runs`;

/** Repetitions that a command was asked for, in words. */
export function parseRounds(text: string): number {
  const refusal = `Cannot measure in ${text} rounds: wanted a whole number from 1 on`;
  return allowedNumber(text, isWhole, refusal);
}

/** The effort that a command was asked for. It says where figures mean nothing. */
export function effortOf({ quick }: { readonly quick: boolean }): Effort {
  if (quick) console.error("quick: it runs or it doesn't; the figures mean nothing");
  return quick ? quickEffort : fullEffort;
}
