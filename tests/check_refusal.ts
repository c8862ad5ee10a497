import assert from "node:assert/strict";
import { Recorder } from "../engine/mod.ts";
import type { AnyKernel, CaseOperand, Refusal } from "../kernels/kernel.ts";

/** Operands as a recording has them. A refusal comes before any weight is packed. */
function operandsOf(
  recorder: Recorder,
  inputs: Readonly<Record<string, CaseOperand | undefined>>,
): Record<string, object> {
  const operands: Record<string, object> = {};
  for (const [name, operand] of Object.entries(inputs)) {
    if (operand?.kind === "tensor") {
      operands[name] = recorder.input(name, operand.shape, operand.dtype);
    } else if (operand) {
      const storage = recorder.input(`packed ${name}`, operand.shape, operand.store);
      operands[name] = { ...operand, label: name, layout: operand.layout ?? "tile", storage };
    }
  }
  return operands;
}

/** Throws unless the kernel refuses in words what it must, before it records anything. */
export function checkRefusal(
  kernel: AnyKernel,
  { inputs, attrs, says }: Refusal<unknown>,
): void {
  const recorder = new Recorder();
  const operands = operandsOf(recorder, inputs);
  assert.throws(() => kernel.record(recorder, operands, attrs), (error) => {
    assert(error instanceof TypeError || error instanceof RangeError);
    assert(error.message.startsWith("Cannot record "), error.message);
    assert(error.message.includes(says), error.message);
    assert(!/undefined|\[object/.test(error.message), error.message);
    return true;
  });
  // A composition may have recorded what comes before the part that refuses.
  const composed = kernel.shaders.length === 0;
  if (!composed) assert.deepEqual(recorder.applications, []);
}
