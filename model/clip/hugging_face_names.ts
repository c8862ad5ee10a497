/** OpenAI's names or prefixes, and Hugging Face's equivalents. */
const renamed: readonly (readonly [string, string])[] = [
  ["visual.class_embedding", "vision_model.embeddings.class_embedding"],
  ["visual.conv1.weight", "vision_model.embeddings.patch_embedding.weight"],
  ["visual.positional_embedding", "vision_model.embeddings.position_embedding.weight"],
  ["visual.ln_pre.", "vision_model.pre_layrnorm."], // their spelling
  ["visual.ln_post.", "vision_model.post_layernorm."],
  ["visual.proj", "visual_projection.weight"],
  ["visual.transformer.resblocks.", "vision_model.encoder.layers."],
  ["token_embedding.weight", "text_model.embeddings.token_embedding.weight"],
  ["positional_embedding", "text_model.embeddings.position_embedding.weight"],
  ["ln_final.", "text_model.final_layer_norm."],
  ["text_projection", "text_projection.weight"],
  ["transformer.resblocks.", "text_model.encoder.layers."],
  ["logit_scale", "logit_scale"],
];

/** The same within a block. */
const renamedInBlock: readonly (readonly [string, string])[] = [
  [".ln_1.", ".layer_norm1."],
  [".ln_2.", ".layer_norm2."],
  [".attn.out_proj.", ".self_attn.out_proj."],
  [".mlp.c_fc.", ".mlp.fc1."],
  [".mlp.c_proj.", ".mlp.fc2."],
];

/**
 * The tensors of a Hugging Face checkpoint that make up one of OpenAI's: there, queries, keys and values
 * are three separate tensors.
 */
export function huggingFaceNames(name: string): readonly string[] {
  const [from, to] = renamed.find(([start]) => name.startsWith(start)) ?? [name, name];
  const outer = to + name.slice(from.length);
  const joined = outer.match(/^(.*)\.attn\.in_proj_(weight|bias)$/);
  if (joined) {
    return ["q", "k", "v"].map((part) => `${joined[1]}.self_attn.${part}_proj.${joined[2]}`);
  }
  const inner = renamedInBlock.find(([part]) => outer.includes(part));
  return [inner ? outer.replace(...inner) : outer];
}

/** Hugging Face stores the two projections as `[out, in]`, OpenAI as `[in, out]`. */
export function isTransposedByHuggingFace(name: string): boolean {
  return name === "visual.proj" || name === "text_projection";
}
