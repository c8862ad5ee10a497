import { type Device, record, type Shape, type Tensor, Weights } from "../../engine/mod.ts";
import { permute } from "../../model/dsfda/layout.ts";
import { decideFrames, frameInputs } from "../../model/frame_fusion/forward.ts";
import type { FrameFeatures } from "../../model/frame_fusion/frame_reader.ts";
import { type FrameParameters, loadTrained } from "../../model/frame_fusion/parameters.ts";
import type { FrameSizes } from "../../model/frame_fusion/sizes.ts";
import { trained } from "../../model/tcn/mode.ts";
import { attentionShares } from "./attention_shares.ts";

/** Rows by their names. */
export type FrameRows = Map<string, ArrayLike<number>>;

/**
 * Every layer of LFAN or CAN on clips of equal length, `[B, T, D]` of each modality, with the axes that the
 * original has them with.
 */
export async function frameLayers(
  device: Device,
  parameters: FrameParameters,
  clips: FrameFeatures,
  [batch, steps]: readonly [number, number],
): Promise<FrameRows> {
  const { sizes } = parameters, shown = new Map<string, Tensor>();
  using memory = new Weights(device);
  const weights = loadTrained(memory, parameters);
  using plan = await record(device, (r) => {
    const x = frameInputs(r, sizes, batch, steps);
    decideFrames(r, sizes, weights, x, trained, (name, layer) => shown.set(name, layer));
    return [...shown.values()];
  });
  for (const { name } of sizes.modalities) {
    plan.write(`x.${name}`, clips[name] as Float32Array<ArrayBuffer>);
  }
  plan.run();
  const read = await device.read(plan.outputs) as Float32Array<ArrayBuffer>[];
  const rows: FrameRows = new Map();
  for (const [i, [name, { shape }]] of [...shown].entries()) {
    const numbers = read[i] as Float32Array<ArrayBuffer>;
    if (name === "tokens") rows.set("attention", sharesOf(numbers, sizes, [batch, steps]));
    else rows.set(name, asOriginal(name, numbers, shape, sizes));
  }
  const logits = rows.get("logits") as Float32Array;
  if (sizes.form === "lfan") rows.set("regressor", logits);
  return rows.set("regression", logits.map(Math.tanh));
}

/** A layer's numbers in the original's order. */
export function asOriginal(
  name: string,
  numbers: Float32Array<ArrayBuffer>,
  shape: Shape,
  { width, heads, modalities }: FrameSizes,
): Float32Array<ArrayBuffer> {
  const head = width / heads;
  // Channels come before time.
  if (/^(tcn|bn)/.test(name)) return permute(numbers, shape, [0, 2, 1]);
  const frames = shape.slice(0, 2);
  // Queries, keys and values lie head by head; what attention gives, too.
  if (name.startsWith("qkv")) return permute(numbers, [...frames, 3, heads, head], [0, 1, 3, 2, 4]);
  if (name === "attended") {
    return permute(numbers, [...frames, modalities.length, heads, head], [0, 1, 3, 2, 4]);
  }
  return numbers;
}

/** LFAN's shares of attention, `[B, H, T, M, M]`. */
function sharesOf(
  tokens: Float32Array<ArrayBuffer>,
  { width, heads, modalities }: FrameSizes,
  [batch, steps]: readonly [number, number],
): Float32Array<ArrayBuffer> {
  const count = modalities.length;
  const shares = attentionShares(tokens, { batch: batch * steps, width, heads });
  return permute(shares, [batch, steps, heads, count * count], [0, 2, 1, 3]);
}
