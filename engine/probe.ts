import broadcastSource from "./probe_broadcast.wgsl" with { type: "text" };
import workgroupSource from "./probe_workgroup.wgsl" with { type: "text" };
import { withErrorScope } from "./error_scope.ts";
import { expandShader, type Shader } from "./shader.ts";

/** What the start-up probe found: see `AdapterFacts`. */
export interface ProbeResult {
  readonly lanes: number;
  readonly broadcast: number;
  readonly workgroup: number;
  /** What the probe took. */
  readonly milliseconds: number;
  readonly subgroupDirective: string;
}

/**
 * Lanes beyond the 16 texels of a row have no columns: a 32-wide subgroup covers two rows of workgroups
 * badly, so only narrow ones are measured.
 */
const lanesMeasured = [4, 8, 16];
const broadcastShader: Shader = {
  name: "probe_broadcast.wgsl",
  source: broadcastSource,
  flags: { LANES: lanesMeasured },
};

/** `repeat * size ** 3` multiply-adds; enough to tell the designs apart, a few ms on a CPU. */
const size = 64, repeat = 4;

/**
 * Learns which kernel design suits an adapter by running two small matmuls, one by subgroup
 * broadcast, one by workgroup memory, and checking both: a name alone would not tell a new driver,
 * and subgroup builtins can be there without being announced.
 */
export async function probeAdapter(
  gpu: GPUDevice,
  lanes: number,
  timestamps: boolean,
): Promise<ProbeResult> {
  const a = Float32Array.from({ length: size * size }, (_, i) => (i * 7919 % 64 - 32) / 32);
  const b = Float32Array.from({ length: size * size }, (_, i) => (i * 104729 % 64 - 32) / 32);
  const textures = [texture(gpu, a), texture(gpu, b)];
  const run = (code: string, grid: [number, number]) =>
    runOnce(gpu, code, textures, grid, timestamps).then(({ y, seconds }) =>
      isProduct(y, a, b) ? 2e-9 * repeat * size ** 3 / seconds : 0
    );
  const start = performance.now();
  try {
    let broadcast = 0, directive = "";
    const runBroadcast = () =>
      run(directive + expandShader(broadcastShader, { LANES: lanes }), [16 / lanes, 16]);
    if (lanesMeasured.includes(lanes)) {
      for (directive of ["", "enable subgroups;\n"]) {
        broadcast = await runBroadcast();
        if (broadcast > 0) break;
      }
    }
    let workgroup = await run(workgroupSource, [1, 4]);
    // A machine that is busy holds up one or the other, and the wrong choice costs a CPU up to 19 times
    // the time. The second best of a GPU costs less, and nothing holds up its timestamps.
    for (let more = 0; more < 2 && isCloseCall(broadcast, workgroup); more++) {
      broadcast = Math.max(broadcast, await runBroadcast());
      workgroup = Math.max(workgroup, await run(workgroupSource, [1, 4]));
    }
    return {
      lanes: broadcast > 0 ? lanes : 0,
      ...{ broadcast, workgroup, milliseconds: performance.now() - start },
      subgroupDirective: directive,
    };
  } finally {
    for (const used of textures) used.destroy();
  }
}

/** Whether workgroup memory wins by less than two times, where broadcasting works at all. */
export function isCloseCall(broadcast: number, workgroup: number): boolean {
  return workgroup > broadcast && workgroup < 2 * broadcast;
}

function texture(gpu: GPUDevice, data: Float32Array<ArrayBuffer>): GPUTexture {
  const texture = gpu.createTexture({
    label: "probe",
    size: [size / 4, size],
    format: "rgba32float",
    usage: GPUTextureUsage.STORAGE_BINDING | GPUTextureUsage.COPY_DST,
  });
  gpu.queue.writeTexture({ texture }, data, { bytesPerRow: size * 4 }, [size / 4, size]);
  return texture;
}

/** Runs of each shader, of which the fastest counts: on a busy machine any one may be interrupted. */
const runs = 4;

/** Runs a shader a few times. One that the device refuses counts as a wrong result. */
async function runOnce(
  gpu: GPUDevice,
  code: string,
  textures: readonly GPUTexture[],
  [x, y]: readonly [number, number],
  timestamps: boolean,
): Promise<{ y: Float32Array; seconds: number }> {
  const bytes = size * size * 4;
  const { value: pipeline, error } = withErrorScope(gpu, () =>
    gpu.createComputePipeline({
      label: "probe",
      layout: "auto",
      compute: {
        module: gpu.createShaderModule({ label: "probe", code }),
        entryPoint: "main",
        constants: { REPEAT: repeat },
      },
    }));
  if (await error) return { y: new Float32Array(), seconds: 1 };
  const { COPY_DST, COPY_SRC, MAP_READ, QUERY_RESOLVE, STORAGE } = GPUBufferUsage;
  const out = gpu.createBuffer({ label: "probe", size: bytes, usage: STORAGE | COPY_SRC });
  const back = gpu.createBuffer({
    label: "probe",
    size: bytes + 16 * runs,
    usage: MAP_READ | COPY_DST,
  });
  const times = gpu.createBuffer({
    label: "probe",
    size: 16 * runs,
    usage: QUERY_RESOLVE | COPY_SRC,
  });
  const querySet = timestamps
    ? gpu.createQuerySet({ type: "timestamp", count: 2 * runs })
    : undefined;
  const bindGroup = gpu.createBindGroup({
    layout: pipeline.getBindGroupLayout(0),
    entries: [...textures.map((used) => used.createView()), { buffer: out }].map(
      (resource, binding) => ({ binding, resource }),
    ),
  });
  const encoder = gpu.createCommandEncoder({ label: "probe" });
  for (let run = 0; run < runs; run++) {
    const timestampWrites = querySet && {
      querySet,
      beginningOfPassWriteIndex: 2 * run,
      endOfPassWriteIndex: 2 * run + 1,
    };
    const pass = encoder.beginComputePass(timestampWrites ? { timestampWrites } : {});
    pass.setPipeline(pipeline);
    pass.setBindGroup(0, bindGroup);
    pass.dispatchWorkgroups(x, y);
    pass.end();
  }
  if (querySet) {
    encoder.resolveQuerySet(querySet, 0, 2 * runs, times, 0);
    encoder.copyBufferToBuffer(times, 0, back, bytes, 16 * runs);
  }
  encoder.copyBufferToBuffer(out, 0, back, 0, bytes);
  const start = performance.now();
  gpu.queue.submit([encoder.finish()]);
  await back.mapAsync(GPUMapMode.READ);
  const copy = back.getMappedRange().slice(0);
  const wall = (performance.now() - start) / 1000;
  const at = new BigUint64Array(copy, bytes);
  const measured = Array.from(
    { length: runs },
    (_, run) => Number((at[2 * run + 1] ?? 0n) - (at[2 * run] ?? 0n)) / 1e9,
  ).filter((seconds) => seconds > 0);
  for (const used of [out, back, times]) used.destroy();
  querySet?.destroy();
  return {
    y: new Float32Array(copy, 0, size * size),
    seconds: measured.length > 0 ? Math.min(...measured) : wall,
  };
}

/** All values are multiples of 1/1024 and small, so that float32 gives the product exactly. */
function isProduct(y: Float32Array, a: Float32Array, b: Float32Array): boolean {
  if (y.length === 0) return false;
  for (let i = 0; i < size * size; i++) {
    const row = i - i % size, column = i % size;
    let sum = 0;
    for (let k = 0; k < size; k++) sum += (a[row + k] ?? 0) * (b[k * size + column] ?? 0);
    if (y[i] !== sum * repeat) return false;
  }
  return true;
}
