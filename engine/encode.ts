import type { Step } from "./lower.ts";
import type { Pipeline } from "./pipelines.ts";
import { type Place, tensorBytes, texelsPerLine } from "./tensor.ts";

/** A step with its pipeline and memory. */
export interface BoundStep extends Step {
  readonly pipeline: Pipeline;
  readonly bindGroup: GPUBindGroup;
  /** Where its parameters lie in the uniform buffer; none for a kernel without. */
  readonly offsets: number[];
  /** Its copies from buffers to textures, as commands. */
  readonly copyCommands: readonly CopyCommand[];
}

/** One copy of whole lines, or of the rest of a line. */
type CopyCommand = Parameters<GPUCommandEncoder["copyBufferToTexture"]>;

/** One copy from buffer to buffer. */
export interface BufferCopy {
  readonly from: Place;
  readonly to: Place;
  readonly bytes: number;
}

/** The commands that copy a tensor into its texture: the whole lines, then the last one. */
export function copyCommands(
  tensor: Parameters<typeof tensorBytes>[0],
  { buffer, offset }: Place,
  texture: GPUTexture,
): CopyCommand[] {
  const texels = tensorBytes(tensor) / 16;
  const lines = Math.floor(texels / texelsPerLine), rest = texels % texelsPerLine;
  const bytesPerRow = 16 * texelsPerLine;
  const copy = (line: number, width: number, height: number): CopyCommand => [
    { buffer, offset: offset + bytesPerRow * line, bytesPerRow },
    { texture, origin: [0, line] },
    [width, height],
  ];
  return [
    ...lines > 0 ? [copy(0, texelsPerLine, lines)] : [],
    ...rest > 0 ? [copy(lines, rest, 1)] : [],
  ];
}

/** Encodes steps into as few compute passes as their copies allow: one where there are none. */
export function encodeSteps(encoder: GPUCommandEncoder, steps: Iterable<BoundStep>): void {
  let pass: GPUComputePassEncoder | undefined;
  for (const step of steps) {
    if (step.copyCommands.length > 0) {
      pass?.end();
      pass = undefined;
      encodeCopies(encoder, step);
    }
    pass ??= encoder.beginComputePass({ label: step.label });
    encodeDispatch(pass, step);
  }
  pass?.end();
}

/** Encodes the copies that a step needs. */
export function encodeCopies(encoder: GPUCommandEncoder, { copyCommands }: BoundStep): void {
  for (const command of copyCommands) encoder.copyBufferToTexture(...command);
}

/** Encodes a step's dispatch. */
export function encodeDispatch(pass: GPUComputePassEncoder, step: BoundStep): void {
  pass.setPipeline(step.pipeline.gpu);
  pass.setBindGroup(0, step.bindGroup, step.offsets);
  pass.dispatchWorkgroups(...step.workgroups);
}
