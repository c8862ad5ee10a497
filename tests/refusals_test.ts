import assert from "node:assert/strict";
import { Rng } from "../engine/mod.ts";
import { caseName } from "../kernels/kernel.ts";
import { kernels } from "../kernels/proofs.ts";
import { checkRefusal } from "./check_refusal.ts";

for (const kernel of kernels) {
  for (const [i, refusal] of kernel.refusals.entries()) {
    Deno.test(`${kernel.op.name} refuses in words (${i + 1}): ${refusal.says}`, () => {
      checkRefusal(kernel, refusal);
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
