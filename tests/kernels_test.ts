import assert from "node:assert/strict";
import { kernels } from "../kernels/mod.ts";
import { caseName } from "../kernels/kernel.ts";
import { designs, gpuTest, sharedDevice } from "./devices.ts";
import { prepareCase, runCase } from "./run_case.ts";

const names = new Set<string>();
for (const kernel of kernels) {
  for (const test of kernel.cases()) {
    const name = caseName(kernel, test);
    assert(!names.has(name), `two cases are named ${name}`);
    names.add(name);
    gpuTest(name, async () => {
      const prepared = prepareCase(kernel, test);
      for (const design of Object.keys(designs) as (keyof typeof designs)[]) {
        await runCase(await sharedDevice(design), prepared);
      }
    });
  }
}

Deno.test("there are at least 1,000 kernel cases", () => {
  assert(names.size >= 1000, `there are ${names.size}`);
});
