import type { Shape } from "../../engine/mod.ts";
import { type ClipConfig, imageTokens, type TowerSizes } from "./config.ts";

/**
 * The names and shapes of all tensors that a checkpoint of these sizes must have, by their names in
 * OpenAI's state dict.
 */
export function clipShapes(config: ClipConfig): Map<string, Shape> {
  const { image, text, embedding } = config;
  return new Map<string, Shape>([
    ["visual.conv1.weight", [image.width, 3, image.patch, image.patch]],
    ["visual.class_embedding", [image.width]],
    ["visual.positional_embedding", [imageTokens(config), image.width]],
    ...norm("visual.ln_pre", image.width),
    ...blocks("visual.transformer", image),
    ...norm("visual.ln_post", image.width),
    ["visual.proj", [image.width, embedding]],
    ["token_embedding.weight", [text.vocabulary, text.width]],
    ["positional_embedding", [text.context, text.width]],
    ...blocks("transformer", text),
    ...norm("ln_final", text.width),
    ["text_projection", [text.width, embedding]],
    ["logit_scale", []],
  ]);
}

function blocks(prefix: string, { width, layers }: TowerSizes): [string, Shape][] {
  return Array.from({ length: layers }, (_, i): [string, Shape][] => {
    const block = `${prefix}.resblocks.${i}`;
    return [
      ...norm(`${block}.ln_1`, width),
      [`${block}.attn.in_proj_weight`, [3 * width, width]],
      [`${block}.attn.in_proj_bias`, [3 * width]],
      ...linear(`${block}.attn.out_proj`, width, width),
      ...norm(`${block}.ln_2`, width),
      ...linear(`${block}.mlp.c_fc`, width, 4 * width),
      ...linear(`${block}.mlp.c_proj`, 4 * width, width),
    ];
  }).flat();
}

function norm(name: string, width: number): [string, Shape][] {
  return [[`${name}.weight`, [width]], [`${name}.bias`, [width]]];
}

function linear(name: string, inputs: number, outputs: number): [string, Shape][] {
  return [[`${name}.weight`, [outputs, inputs]], [`${name}.bias`, [outputs]]];
}
