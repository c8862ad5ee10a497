import assert from "node:assert/strict";
import { Recorder, Rng } from "../engine/mod.ts";
import { caseName, type CaseOperand } from "../kernels/kernel.ts";
import { kernels } from "../kernels/proofs.ts";

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

for (const kernel of kernels) {
  for (const [i, { inputs, attrs, says }] of kernel.refusals.entries()) {
    Deno.test(`${kernel.op.name} refuses in words (${i + 1}): ${says}`, () => {
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
    });
  }
}

Deno.test("every kernel has a name of its own, and cases with names of their own", () => {
  const names = kernels.map(({ op }) => op.name);
  assert.equal(new Set(names).size, names.length, names.join(", "));
  for (const kernel of kernels) {
    assert.match(kernel.op.name, /^[a-z][a-z0-9_]*$/);
    const cases = kernel.cases().map((test) => caseName(kernel, test));
    assert(cases.length > 0, `${kernel.op.name} has no case`);
    const twice = cases.find((name, at) => cases.indexOf(name) !== at);
    assert.equal(twice, undefined);
  }
});

Deno.test("every kernel lists the same cases each time", () => {
  for (const kernel of kernels) {
    const names = kernel.cases().map((test) => caseName(kernel, test));
    assert.deepEqual(kernel.cases().map((test) => caseName(kernel, test)), names);
  }
});

Deno.test("every operand that a case fills is a number that its element type can hold", () => {
  const rng = new Rng(1);
  for (const kernel of kernels) {
    for (const test of kernel.cases()) {
      for (const [name, operand] of Object.entries(test.inputs)) {
        if (operand?.kind !== "tensor" || operand.dtype === "f32" || operand.dtype === "f16") {
          continue;
        }
        const value = operand.fill(rng, 0);
        const where = `${caseName(kernel, test)} ${name}: ${value}`;
        assert(Number.isInteger(value), where);
        if (operand.dtype === "u8") assert(value >= 0 && value < 256, where);
      }
    }
  }
});
