import type { InputValues, Values } from "../kernel.ts";
import type { UnfoldInputs } from "./unfold.ts";

/** Each time step beside its neighbours. */
export function reference({ x }: InputValues<UnfoldInputs>): [Values] {
  const [batch = 0, steps = 0, width = 0] = x.shape;
  const y = new Float64Array(batch * steps * 3 * width);
  for (let b = 0; b < batch; b++) {
    for (let t = 0; t < steps; t++) {
      for (let tap = 0; tap < 3; tap++) {
        const from = t + tap - 1;
        if (from < 0 || from >= steps) continue;
        const row = x.data.subarray((b * steps + from) * width, (b * steps + from + 1) * width);
        y.set(row, ((b * steps + t) * 3 + tap) * width);
      }
    }
  }
  return [{ shape: [batch, steps, 3 * width], data: y }];
}
