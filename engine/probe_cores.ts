import { withErrorScope } from "./error_scope.ts";
import source from "./probe_cores.wgsl" with { type: "text" };

/** Workgroups that are timed against one; more cores than that do not show. */
const many = 256;

/** Rounds of a workgroup: about 100 µs of a fast core. */
const rounds = 800;

/** Passes of one workgroup and of many, turn and turn about. The fastest of each counts. */
const turns = 2;

/**
 * How many workgroups a GPU computes at the speed of one, which is about how many cores it has: so
 * many times faster are many workgroups than one after the other. The clock, which may be low when a
 * device is opened, does not matter. `undefined` where the device's timestamps are too coarse, or it refuses the kernel.
 */
export async function countCores(gpu: GPUDevice): Promise<number | undefined> {
  const label = "probe of cores", count = 4 * turns, size = 8 * count;
  const { value: pipeline, error } = withErrorScope(gpu, () =>
    gpu.createComputePipeline({
      label,
      layout: "auto",
      compute: {
        module: gpu.createShaderModule({ label, code: source }),
        entryPoint: "main",
        constants: { ROUNDS: rounds },
      },
    }));
  // Timestamps that a refused pass never writes would be waited for without end.
  if (await error) return undefined;
  const { COPY_DST, COPY_SRC, MAP_READ, QUERY_RESOLVE, STORAGE } = GPUBufferUsage;
  const y = gpu.createBuffer({ label, size: 64, usage: STORAGE });
  const times = gpu.createBuffer({ label, size, usage: QUERY_RESOLVE | COPY_SRC });
  const back = gpu.createBuffer({ label, size, usage: MAP_READ | COPY_DST });
  const querySet = gpu.createQuerySet({ label, type: "timestamp", count });
  const bindGroup = gpu.createBindGroup({
    layout: pipeline.getBindGroupLayout(0),
    entries: [{ binding: 0, resource: { buffer: y } }],
  });
  const encoder = gpu.createCommandEncoder({ label });
  for (let i = 0; i < 2 * turns; i++) {
    const pass = encoder.beginComputePass({
      timestampWrites: {
        querySet,
        beginningOfPassWriteIndex: 2 * i,
        endOfPassWriteIndex: 2 * i + 1,
      },
    });
    pass.setPipeline(pipeline);
    pass.setBindGroup(0, bindGroup);
    pass.dispatchWorkgroups(i % 2 === 0 ? 1 : many);
    pass.end();
  }
  encoder.resolveQuerySet(querySet, 0, count, times, 0);
  encoder.copyBufferToBuffer(times, 0, back, 0, size);
  gpu.queue.submit([encoder.finish()]);
  try {
    await back.mapAsync(GPUMapMode.READ);
    return coresFrom([...new BigUint64Array(back.getMappedRange())]);
  } finally {
    for (const used of [y, times, back]) used.destroy();
    querySet.destroy();
  }
}

/** The cores that timestamps tell of: beginnings and ends of one workgroup and of many, in turn. */
export function coresFrom(times: readonly bigint[]): number | undefined {
  const least = (first: number) =>
    Math.min(...Array.from({ length: times.length / 4 }, (_, turn) => {
      const at = 4 * turn + first;
      return Number((times[at + 1] ?? 0n) - (times[at] ?? 0n));
    }));
  const one = least(0), all = least(2);
  if (!(one > 0 && all > 0)) return undefined;
  return Math.min(many, Math.max(1, Math.round(many * one / all)));
}
