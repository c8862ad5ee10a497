import type { Device } from "./device.ts";
import { encodeSteps } from "./encode.ts";
import { lowerDispatch } from "./lower.ts";
import type { Dispatch } from "./op.ts";
import { bindStep } from "./build_plan.ts";
import type { Constant } from "./recorder.ts";
import { tensorBytes } from "./tensor.ts";
import { upload } from "./upload.ts";

/**
 * Runs one dispatch outside any plan, with one operand that is uploaded for it alone. Used to pack
 * weights while they are loaded.
 */
export async function dispatchOnce(
  device: Device,
  dispatch: Dispatch,
  { tensor, data }: Constant,
): Promise<void> {
  device.check();
  const step = lowerDispatch(dispatch, tensor.label, device.adapter, device.limits);
  const pipeline = await device.pipelines.get(step.program, tensor.label);
  await device.attempt(() => {
    using given = device.pool.buffer(tensorBytes(tensor), tensor.label);
    using params = device.pool.buffer(256, "params");
    const place = { buffer: given.resource, offset: 0 };
    upload(device.gpu, place, data);
    upload(device.gpu, { buffer: params.resource, offset: 0 }, step.params);
    const memory = { places: new Map([[tensor, place]]), textures: new Map(), guardBytes: 0 };
    const bound = bindStep(device, step, pipeline, memory, params.resource, 0);
    const encoder = device.gpu.createCommandEncoder({ label: tensor.label });
    encodeSteps(encoder, [{ ...step, pipeline, ...bound }]);
    device.gpu.queue.submit([encoder.finish()]);
  });
}
