import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { sharedDevice } from "./devices.ts";
import { findingsOf } from "./findings.ts";

const main = fileURLToPath(new URL("lanes/main.ts", import.meta.url));

/**
 * Mesa's software adapter has a lane for each number of a vector, of as many bits as it is told: subgroups of
 * 4 and of 16 where it has 8 by itself, on any processor. SwiftShader has 4; other sizes neither offers.
 */
for (const [bits, lanes] of [[128, 4], [512, 16]] as const) {
  Deno.test(`every kernel that goes by lanes is right in subgroups of ${lanes}`, async () => {
    const { adapter } = await sharedDevice();
    if (!/llvmpipe/.test(adapter.name)) return console.log(`left out: ${adapter.name}`);
    const findings = await findingsOf(main, [], { LP_NATIVE_VECTOR_WIDTH: `${bits}` });
    assert.equal(findings.shift()?.["lanes"], lanes);
    assert.deepEqual(findings.filter(({ error }) => error), []);
    console.log(`${findings.length} cases on ${lanes} lanes`);
    assert.ok(findings.length >= 50, `${findings.length} cases`);
  });
}
