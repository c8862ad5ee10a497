import { sizeAt } from "../../engine/mod.ts";
import type { InputValues, Values } from "../kernel.ts";
import type { PadChannelsAttrs, PadChannelsInputs } from "./pad_channels.ts";

/** The same with channels of zeros at the end. */
export function reference(
  { x }: InputValues<PadChannelsInputs>,
  { channels: padded }: PadChannelsAttrs,
): [Values] {
  const channels = sizeAt(x.shape, -1), rows = x.data.length / channels;
  const data = new Float64Array(rows * padded);
  for (let row = 0; row < rows; row++) {
    data.set(x.data.subarray(row * channels, (row + 1) * channels), row * padded);
  }
  return [{ shape: [...x.shape.slice(0, -1), padded], data }];
}
