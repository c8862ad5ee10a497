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
export interface CopyCommand {
  readonly buffer: GPUBuffer;
  readonly offset: number;
  readonly texture: GPUTexture;
  readonly line: number;
  readonly width: number;
  readonly height: number;
}

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
  const whole = { buffer, offset, texture, line: 0, width: texelsPerLine, height: lines };
  const last = {
    buffer,
    offset: offset + 16 * texelsPerLine * lines,
    texture,
    line: lines,
    width: rest,
    height: 1,
  };
  return [whole, last].filter(({ width, height }) => width > 0 && height > 0);
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
  for (const { buffer, offset, texture, line, width, height } of copyCommands) {
    encoder.copyBufferToTexture(
      { buffer, offset, bytesPerRow: 16 * texelsPerLine },
      { texture, origin: [0, line] },
      [width, height],
    );
  }
}

/** Encodes a step's dispatch. */
export function encodeDispatch(pass: GPUComputePassEncoder, step: BoundStep): void {
  pass.setPipeline(step.pipeline.gpu);
  pass.setBindGroup(0, step.bindGroup, step.offsets);
  pass.dispatchWorkgroups(...step.workgroups);
}
