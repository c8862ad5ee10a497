import type { Device } from "./device.ts";
import type { Cost } from "./op.ts";
import { encodeCopies, encodeDispatch } from "./encode.ts";
import type { Plan } from "./plan.ts";

/** What one step of a plan took. */
export interface TraceRow {
  /** As errors and traces name it. */
  readonly label: string;
  /** The file of the kernel's WGSL. */
  readonly shader: string;
  /** What it took. */
  readonly seconds: number;
  /** What it computes and moves at least. */
  readonly cost: Cost;
}

/** Timestamps that one query set may hold (WebGPU's limit is 4096), two a step. */
const stepsPerSet = 2048;

/**
 * Runs a plan once with a timestamp before and after every step. Each step gets a pass of its own,
 * so the sum is a little more than what `plan.run()` takes; copies into textures are not counted.
 *
 * @example
 * ```ts
 * import { openDevice, record, softmax, trace } from "@autt/autt";
 * import assert from "node:assert/strict";
 * using device = await openDevice();
 * using plan = await record(device, (r) => softmax(r, r.input("x", [3, 5])));
 * if (device.adapter.timestamps) {
 *   const [row] = await trace(device, plan);
 *   assert.equal(row?.label, "softmax[rows=3,D=5]");
 * }
 * ```
 */
export async function trace(device: Device, plan: Plan): Promise<TraceRow[]> {
  if (!device.adapter.timestamps) {
    throw new TypeError(
      `Cannot trace: the adapter ${device.adapter.name} has no timestamps (timestamp-query)`,
    );
  }
  plan.checkUsable("trace");
  device.check();
  const rows: TraceRow[] = [];
  for (let from = 0; from < plan.steps.length; from += stepsPerSet) {
    const steps = plan.steps.slice(from, from + stepsPerSet);
    const measure = () =>
      timestamps(device.gpu, steps.length, (encoder, querySet) => {
        for (const [i, step] of steps.entries()) {
          encodeCopies(encoder, step);
          const pass = encoder.beginComputePass({
            label: step.label,
            timestampWrites: {
              querySet,
              beginningOfPassWriteIndex: 2 * i,
              endOfPassWriteIndex: 2 * i + 1,
            },
          });
          encodeDispatch(pass, step);
          pass.end();
        }
      });
    const times = await device.answer(measure);
    for (const [i, { label, program, cost }] of steps.entries()) {
      const seconds = Number((times[2 * i + 1] ?? 0n) - (times[2 * i] ?? 0n)) / 1e9;
      rows.push({ label, shader: program.name, seconds, cost });
    }
  }
  return rows;
}

async function timestamps(
  gpu: GPUDevice,
  steps: number,
  encode: (encoder: GPUCommandEncoder, querySet: GPUQuerySet) => void,
): Promise<BigUint64Array> {
  const bytes = 16 * steps;
  const { COPY_DST, COPY_SRC, MAP_READ, QUERY_RESOLVE } = GPUBufferUsage;
  const querySet = gpu.createQuerySet({ label: "trace", type: "timestamp", count: 2 * steps });
  const resolved = gpu.createBuffer({
    label: "trace",
    size: bytes,
    usage: QUERY_RESOLVE | COPY_SRC,
  });
  const back = gpu.createBuffer({ label: "trace", size: bytes, usage: MAP_READ | COPY_DST });
  try {
    const encoder = gpu.createCommandEncoder({ label: "trace" });
    encode(encoder, querySet);
    encoder.resolveQuerySet(querySet, 0, 2 * steps, resolved, 0);
    encoder.copyBufferToBuffer(resolved, 0, back, 0, bytes);
    gpu.queue.submit([encoder.finish()]);
    await back.mapAsync(GPUMapMode.READ);
    return new BigUint64Array(back.getMappedRange().slice(0));
  } finally {
    querySet.destroy();
    resolved.destroy();
    back.destroy();
  }
}
