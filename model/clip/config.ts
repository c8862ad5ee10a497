/** The sizes of a tower's transformer. */
export interface TowerSizes {
  /** The width of a token. */
  readonly width: number;
  /** The number of residual blocks. */
  readonly layers: number;
  /** Attention heads per block. */
  readonly heads: number;
}

/** The sizes of a CLIP with a vision transformer. Only the heads don't follow from the tensors. */
export interface ClipConfig {
  /** The image tower. */
  readonly image: TowerSizes & {
    /** The side of the square input image, in pixels. */
    readonly size: number;
    readonly patch: number;
  };
  /** The text tower. */
  readonly text: TowerSizes & {
    /** The most tokens of a prompt, start and end included. */
    readonly context: number;
    readonly vocabulary: number;
  };
  /** Width of the embeddings that images and texts share. */
  readonly embedding: number;
  /** OpenAI's CLIPs use the quick approximation of GELU, some others the exact form. */
  readonly activation: "quick_gelu" | "gelu";
}

function vit(
  size: number,
  patch: number,
  [width, layers]: readonly [number, number],
  textWidth: number,
  embedding: number,
): ClipConfig {
  return {
    image: { size, patch, width, layers, heads: width / 64 },
    text: { context: 77, vocabulary: 49408, width: textWidth, layers: 12, heads: textWidth / 64 },
    embedding,
    activation: "quick_gelu",
  };
}

/** The sizes of OpenAI's vision transformers. */
export const clipPresets: Readonly<
  Record<"ViT-B/32" | "ViT-B/16" | "ViT-L/14" | "ViT-L/14@336px", ClipConfig>
> = {
  "ViT-B/32": vit(224, 32, [768, 12], 512, 512),
  "ViT-B/16": vit(224, 16, [768, 12], 512, 512),
  "ViT-L/14": vit(224, 14, [1024, 24], 768, 768),
  "ViT-L/14@336px": vit(336, 14, [1024, 24], 768, 768),
};

/**
 * The name of the preset with these sizes, or the sizes in short: `ViT 128x2/16@64`.
 *
 * @example
 * ```ts
 * import { clipName, clipPresets } from "@autt/autt";
 * import assert from "node:assert/strict";
 * assert.equal(clipName(clipPresets["ViT-B/32"]), "ViT-B/32");
 * ```
 */
export function clipName(config: ClipConfig): string {
  const text = JSON.stringify(config);
  const preset = Object.entries(clipPresets).find(([, sizes]) => JSON.stringify(sizes) === text);
  const { size, patch, width, layers } = config.image;
  return preset?.[0] ?? `ViT ${width}x${layers}/${patch}@${size}`;
}

/** Positions of the image tower: the class token, then the patches. */
export function imageTokens({ image: { size, patch } }: ClipConfig): number {
  return (size / patch) ** 2 + 1;
}
