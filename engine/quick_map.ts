import source from "./probe_reading.wgsl" with { type: "text" };
import { withErrorScope } from "./error_scope.ts";

/**
 * Deno versions on which this was tried: `mapAsync()` waits for the device before it returns, and then
 * sleeps 10 ms before its promise resolves. A buffer whose map mode is known from an earlier
 * map can be read at once; reading one that was never mapped ends the process.
 */
export const knownDenoVersions = [0, 1, 2, 3, 4, 5, 6].map((patch) => `2.9.${patch}`);

/** Rounds of each dispatch of the probe; the long ones take a GPU some milliseconds. */
const dispatches = [1, 1 << 14, 2, 1 << 15];

/** The bytes of mapped staging buffers, copied. Unmaps them. */
export function takeMapped(staged: readonly { buffer: GPUBuffer; bytes: number }[]): ArrayBuffer[] {
  return staged.map(({ buffer, bytes }) => {
    const copy = buffer.getMappedRange(0, bytes).slice(0);
    buffer.unmap();
    return copy;
  });
}

/**
 * Finds out whether a staging buffer that was mapped before can be read without awaiting `mapAsync()`.
 * This is undocumented, so it takes a known version of Deno and results that are right, of dispatches
 * that take a while. Returns the staging buffer that it tried this with, ready to be mapped again, or
 * nothing where reads must wait.
 */
export async function probeQuickMap(
  gpu: GPUDevice,
  denoVersion: string | undefined = /^Deno\/(.*)$/.exec(globalThis.navigator?.userAgent ?? "")?.[1],
): Promise<GPUBuffer | undefined> {
  if (!knownDenoVersions.includes(denoVersion ?? "")) return undefined;
  using taken = new DisposableStack();
  const makeBuffer = (size: number, usage: number) => {
    const buffer = gpu.createBuffer({ label: "probe", size, usage });
    taken.defer(() => buffer.destroy());
    return buffer;
  };
  const { COPY_DST, COPY_SRC, MAP_READ, STORAGE } = GPUBufferUsage;
  try {
    const { value: made, error } = withErrorScope(gpu, () => {
      const module = gpu.createShaderModule({ label: "probe", code: source });
      const pipeline = gpu.createComputePipeline({
        label: "probe",
        layout: "auto",
        compute: { module, entryPoint: "main" },
      });
      const state = makeBuffer(8, STORAGE | COPY_SRC | COPY_DST);
      const bindGroup = gpu.createBindGroup({
        layout: pipeline.getBindGroupLayout(0),
        entries: [{ binding: 0, resource: { buffer: state } }],
      });
      return { pipeline, state, bindGroup, staging: makeBuffer(8, MAP_READ | COPY_DST) };
    });
    if (await error) return undefined;
    const { pipeline, state, bindGroup, staging } = made;
    await staging.mapAsync(GPUMapMode.READ);
    staging.unmap();
    let x = 2463534242;
    const { value: right, error: failure } = withErrorScope(gpu, () => {
      gpu.queue.writeBuffer(state, 0, Uint32Array.of(x));
      return dispatches.every((rounds) => {
        gpu.queue.writeBuffer(state, 4, Uint32Array.of(rounds));
        const encoder = gpu.createCommandEncoder({ label: "probe" });
        const pass = encoder.beginComputePass();
        pass.setPipeline(pipeline);
        pass.setBindGroup(0, bindGroup);
        pass.dispatchWorkgroups(1);
        pass.end();
        encoder.copyBufferToBuffer(state, 0, staging, 0, 8);
        gpu.queue.submit([encoder.finish()]);
        staging.mapAsync(GPUMapMode.READ).catch(() => {});
        const [bytes] = takeMapped([{ buffer: staging, bytes: 8 }]) as [ArrayBuffer];
        return new Uint32Array(bytes)[0] === (x = afterRounds(x, rounds));
      });
    });
    if (await failure || !right) return undefined;
    state.destroy();
    taken.move();
    return staging;
  } catch {
    return undefined; // the usual way of reading tells what is wrong
  }
}

/** What the shader computes. */
function afterRounds(x: number, rounds: number): number {
  for (let i = 0; i < 4 * rounds; i++) {
    x ^= x << 13;
    x ^= x >>> 17;
    x ^= x << 5;
  }
  return x >>> 0;
}
