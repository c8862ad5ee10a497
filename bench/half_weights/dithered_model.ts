import { join } from "node:path";
import { Rng } from "../../engine/mod.ts";
import { openTensors } from "../../io/tensors/open_tensors.ts";
import { toFloat32 } from "../../io/tensors/stored_type.ts";
import { encodeSafetensors, type TensorToWrite } from "../../io/tensors/write_safetensors.ts";

/** A little less than all of the way to where another half is nearer. */
const most = 0.499;

/**
 * Writes a model whose weights are halves again, as one that was trained in float32 might have them: each
 * number of its products is drawn anew among those that round to it. So rounding gives the model that was
 * there, and what it costs can be seen on a model that is good for something.
 *
 * @param from A folder with `model.safetensors`, `config.json` and `tokenizer.json`; `to` is one that is there.
 */
export async function writeDithered(from: string, to: string, seed: number): Promise<void> {
  using file = await openTensors(join(from, "model.safetensors"));
  const rng = new Rng(seed), tensors: Record<string, TensorToWrite> = {};
  for (const [name, { dtype, shape }] of file.tensors) {
    const numbers = toFloat32(dtype, await file.read(name));
    const ofProduct = shape.length > 1 && !/embedding/.test(name);
    const data = ofProduct ? numbers.map((x) => dithered(x, rng.uniform())) : numbers;
    tensors[name] = { dtype: "F32", shape, data };
  }
  await Deno.writeFile(join(to, "model.safetensors"), encodeSafetensors(tensors));
  for (const name of ["config.json", "tokenizer.json"]) {
    await Deno.copyFile(join(from, name), join(to, name));
  }
}

/** One of the numbers that round to a half, by a draw from 0 to 1. */
export function dithered(half: number, draw: number): number {
  const size = Math.abs(half), sign = draw < 0.5 ? -1 : 1;
  const exponent = Math.max(Math.floor(Math.log2(size || 1e-9)), -14);
  // Below a power of two, halves lie twice as close.
  const towardsZero = half !== 0 && Math.sign(half) !== sign;
  const closer = towardsZero && size === 2 ** exponent && exponent > -14;
  const step = 2 ** (exponent - (closer ? 11 : 10));
  return Math.fround(half + sign * most * step * Math.abs(2 * draw - 1));
}
