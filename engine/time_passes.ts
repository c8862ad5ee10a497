import type { Device } from "./device.ts";
import { type BoundStep, encodeCopies, encodeDispatch } from "./encode.ts";

/** A step that a pass runs several times. */
export interface TimedPass {
  /** The step. */
  readonly step: BoundStep;
  /** How often the pass runs it. */
  readonly runs: number;
}

/**
 * Seconds of one run in each pass by the device's own clock, round by round: the passes are run one
 * after the other, then all of them again. Copies into textures are not counted.
 */
export async function timePasses(
  device: Device,
  passes: readonly TimedPass[],
  rounds: number,
): Promise<number[][]> {
  const { gpu } = device, count = 2 * passes.length * rounds, size = 8 * count;
  const { COPY_DST, COPY_SRC, MAP_READ, QUERY_RESOLVE } = GPUBufferUsage;
  const querySet = gpu.createQuerySet({ label: "timing", type: "timestamp", count });
  const resolved = gpu.createBuffer({ label: "timing", size, usage: QUERY_RESOLVE | COPY_SRC });
  const back = gpu.createBuffer({ label: "timing", size, usage: MAP_READ | COPY_DST });
  try {
    // A timestamp that was never written would be waited for without end: so nothing is read before
    // it is known that the device took the passes.
    await device.attempt(() => {
      for (let i = 0; i < passes.length * rounds; i++) {
        const { step, runs } = passes[i % passes.length] as TimedPass;
        const encoder = gpu.createCommandEncoder({ label: "timing" });
        encodeCopies(encoder, step);
        const pass = encoder.beginComputePass({
          label: step.label,
          timestampWrites: {
            querySet,
            beginningOfPassWriteIndex: 2 * i,
            endOfPassWriteIndex: 2 * i + 1,
          },
        });
        for (let run = 0; run < runs; run++) encodeDispatch(pass, step);
        pass.end();
        gpu.queue.submit([encoder.finish()]);
      }
    });
    const encoder = gpu.createCommandEncoder({ label: "timing" });
    encoder.resolveQuerySet(querySet, 0, count, resolved, 0);
    encoder.copyBufferToBuffer(resolved, 0, back, 0, size);
    gpu.queue.submit([encoder.finish()]);
    await device.answer(() => back.mapAsync(GPUMapMode.READ));
    const times = new BigUint64Array(back.getMappedRange().slice(0));
    return Array.from({ length: rounds }, (_, round) =>
      passes.map(({ runs }, i) => {
        const at = 2 * (round * passes.length + i);
        return Number((times[at + 1] ?? 0n) - (times[at] ?? 0n)) / 1e9 / runs;
      }));
  } finally {
    querySet.destroy();
    resolved.destroy();
    back.destroy();
  }
}
