import assert from "node:assert/strict";
import { elements, openDevice } from "../engine/mod.ts";
import { kernels } from "../kernels/proofs.ts";
import { designs } from "./devices.ts";
import { stepsOf } from "./steps_of.ts";
import { FormsLeft } from "./forms_left.ts";
import { shaders } from "./variants.ts";

Deno.test({
  name: "cases execute every shader in any two of its settings together",
  sanitizeResources: false,
  sanitizeOps: false,
  async fn() {
    using chosen = await openDevice({ families: designs.chosen });
    using gpu = await openDevice({ families: designs.gpu });
    if (chosen.adapter.lanes !== 8) return console.log("left out: the adapter has not 8 lanes");
    const own = shaders.filter(({ owner }) => owner !== "bench");
    const left = new FormsLeft(own.map(({ shader }) => shader), chosen.adapter);
    for (const kernel of kernels) {
      for (const test of kernel.cases()) {
        const sizes = Object.values(test.inputs).map((one) => one ? elements(one.shape) : 0);
        // As kernels_test.ts runs them.
        for (const device of Math.max(...sizes) > 2 ** 19 ? [chosen] : [chosen, gpu]) {
          for (const { program } of await stepsOf(device, kernel, test)) left.add(program.code);
        }
      }
    }
    const found = own.map(({ owner, shader }) => ({ owner, ...left.of(shader) }));
    const sum = (key: "reached" | "variants") => found.reduce((all, one) => all + one[key], 0);
    console.log(`${sum("reached")} of ${sum("variants")} variants are executed`);
    assert.deepEqual(
      found.flatMap(({ owner, missing }) => missing.map((name) => `${owner}/${name}`)),
      [],
    );
    // None is left out: each kernel's shaders are in the list, and each has been executed in some form.
    const listed = new Set(shaders.map(({ shader }) => shader));
    assert(kernels.every((kernel) => kernel.shaders.every((shader) => listed.has(shader))));
    assert.deepEqual(found.filter(({ reached }) => reached === 0), []);
  },
});
