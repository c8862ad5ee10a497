import { record, Weights } from "../engine/mod.ts";
import { l2Normalize } from "../kernels/mod.ts";
import { adaptTexts, decide, embedClips } from "../model/clip_au/head.ts";
import { readHeadParameters } from "../model/clip_au/head_parameters.ts";
import { packHead } from "../model/clip_au/head_weights.ts";
import type { Computed, GoldenModel } from "./golden_model.ts";

/** CLIP-AU's outputs for whole clips: `features` `[B, T, d]`. */
export async function computeSourceRows(
  model: GoldenModel,
  features: Float32Array<ArrayBuffer>,
  clips: number,
): Promise<Computed> {
  const rows: Computed = new Map();
  if (!model.has("source.logits") || !model.has("text.base_au.ids")) return rows;
  const { device, config: { embedding: d } } = model;
  const parameters = await readHeadParameters(model.file, "head.");
  const { units, classes } = parameters.sizes, frames = features.length / clips / d;
  using memory = new Weights(device);
  const head = await packHead(memory, parameters);
  const texts = await model.prompts.encode(await model.ids("text.base_au.ids"));
  const classTexts = model.has("text.class.ids")
    ? await model.prompts.encode(await model.ids("text.class.ids"))
    : undefined;
  using plan = await record(device, (r) => {
    const seen: Parameters<NonNullable<Parameters<typeof embedClips>[3]>>[0][] = [];
    const clipsIn = r.constant("features", [clips, frames, d], "f32", features);
    const embedding = embedClips(r, head, clipsIn, (convolved) => seen.push(convolved));
    const adapted = adaptTexts(r, head, r.constant("texts", [units, d], "f32", texts));
    const unit = l2Normalize(r, adapted);
    const decision = decide(r, head, embedding, unit);
    const classConstant = classTexts && r.constant("classes", [classes, d], "f32", classTexts);
    const fused = classConstant && decide(r, head, embedding, unit, classConstant).logits;
    const [convolved = embedding] = seen;
    return [
      convolved,
      embedding,
      adapted,
      unit,
      decision.similarities,
      decision.logits,
      ...fused ? [fused] : [],
    ];
  });
  plan.run();
  const [convolved, ...numbers] = await device.read(plan.outputs);
  rows.set("source.temporal_out", timeLast(convolved as Float32Array, clips, frames));
  const names = ["video_emb", "adapter_raw", "adapter_out", "au_sim", "logits"];
  for (const [i, name] of names.entries()) {
    rows.set(`source.${name}`, numbers[i] as Float32Array);
  }
  if (numbers[names.length]) rows.set("source_cls.logits", numbers[names.length] as Float32Array);
  return rows;
}

/** `[B, T, d]` as `[B, d, T]`. */
export function timeLast(x: Float32Array, clips: number, frames: number): Float32Array {
  const width = x.length / clips / frames;
  return Float32Array.from(x, (_, i) => {
    const clip = Math.floor(i / (width * frames)), rest = i % (width * frames);
    const column = Math.floor(rest / frames), frame = rest % frames;
    return x[(clip * frames + frame) * width + column] ?? NaN;
  });
}
