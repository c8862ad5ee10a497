import type { Packed, Recorder, Tensor } from "../../engine/mod.ts";
import { layerNorm, matmul } from "../../kernels/mod.ts";
import type { ClipConfig } from "./config.ts";
import { type Observe, residualBlocks, type Sight } from "./residual_block.ts";
import type { BlockWeights, NormWeights, WeightLoader } from "./weights.ts";

/** The weights of the text tower, except for the token embedding, of which few rows are needed. */
export interface TextTowerWeights {
  readonly blocks: readonly BlockWeights[];
  readonly normAfter: NormWeights;
  readonly projection: Packed; // [D, embedding]
}

/** Prompts packed in one sequence of T rows, of which N are read. */
export interface PackedPrompts {
  /** The number of rows of the common prefix. */
  readonly shared: number;
  /** `[1, T, D]`: token plus position embeddings. */
  readonly x: Tensor;
  /** What each row attends to: its prompt's rows up to itself, and the shared ones. */
  readonly sight: Sight;
  /** `[1, N]`: the rows that are read, one per prompt. */
  readonly read: Tensor<"u32">;
  /** What these attend to. */
  readonly readSight: Sight;
  /** Whether gradients with respect to `x` will be needed. */
  readonly differentiable?: boolean;
}

/** Loads the text tower. */
export async function loadTextTower(
  load: WeightLoader,
  { text, embedding }: ClipConfig,
): Promise<TextTowerWeights> {
  return {
    blocks: await load.blocks("transformer", text),
    normAfter: await load.norm("ln_final", text.width),
    projection: await load.matrix("text_projection", [text.width, embedding]),
  };
}

/** Embeds prompts: `[1, N, embedding]`, not normalised. */
export function textTower(
  r: Recorder,
  w: TextTowerWeights,
  { text: { heads, layers }, activation }: ClipConfig,
  prompts: PackedPrompts,
  observe?: Observe,
): Tensor {
  const { shared, sight, read, readSight, differentiable } = prompts;
  const all = { heads, activation, shared, sight, differentiable };
  const x = residualBlocks(
    r,
    w.blocks,
    prompts.x, // [1, T, D]
    all,
    { sight: readSight, rows: read },
    observe && ((name, block) => {
      observe(name, block);
      if (name !== `block${layers - 1}`) return;
      observe("ln_final", layerNorm(r, block, w.normAfter.scale, w.normAfter.shift));
    }),
  ); // [1, N, D]
  const y = layerNorm(r, x, w.normAfter.scale, w.normAfter.shift);
  return matmul(r, y, w.projection); // [1, N, embedding]
}
