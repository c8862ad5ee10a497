import assert from "node:assert/strict";
import { kernels } from "../kernels/proofs.ts";
import { type Case, caseName } from "../kernels/kernel.ts";
import { elements } from "../engine/mod.ts";
import { type designs, gpuTest, sharedDevice } from "./devices.ts";
import { prepareCase, runCase } from "./run_case.ts";

const names = new Set<string>();
/** Of the tolerance, as NMSE. */
const widest = 1e-3;
/** How near to its tolerance each kernel came, by the NMSE of its worst case. */
const nearest = new Map<string, number>();
for (const kernel of kernels) {
  for (const test of kernel.cases()) {
    const name = caseName(kernel, test);
    assert(!names.has(name), `two cases are named ${name}`);
    names.add(name);
    gpuTest(name, async () => {
      const prepared = prepareCase(kernel, test);
      const runs = designsFor(test).map(async (design) => {
        const { nmse, tolerance } = await runCase(await sharedDevice(design), prepared);
        const near = tolerance > 0 ? nmse / tolerance : 1; // 0 is for exact results: as near as can be
        nearest.set(kernel.op.name, Math.max(near, nearest.get(kernel.op.name) ?? 0));
      });
      // All have ended before one that failed is told: none may run on into the next test.
      await Promise.allSettled(runs);
      await Promise.all(runs);
    });
  }
}

/**
 * A weight that is packed for one family runs the same everywhere. Otherwise a case runs with the
 * adapter's own kernels and with those for a GPU, unless it is so large that a software adapter
 * would take seconds with kernels that are not meant for it.
 */
function designsFor(test: Case<unknown>): [keyof typeof designs, ...(keyof typeof designs)[]] {
  const operands = Object.values(test.inputs).filter((operand) => operand !== undefined);
  const oneFamily = operands.some((operand) => operand.kind === "packed" && operand.layout);
  const large = operands.reduce((most, { shape }) => Math.max(most, elements(shape)), 0) > 2 ** 19;
  return oneFamily || large ? ["chosen"] : ["chosen", "gpu"];
}

/** Seeds of more random cases. */
const seeds = [101, 102];
/** Elements of operands up to which more random cases run. */
const small = 2 ** 15;

// Each once, by turns with both kinds of kernels: there are as many as of all others.
for (const kernel of kernels) {
  const more = seeds.flatMap((seed) => [...kernel.cases(seed)]).filter((test) => {
    const name = caseName(kernel, test);
    const count = Object.values(test.inputs).reduce(
      (sum, one) => sum + (one ? elements(one.shape) : 0),
      0,
    );
    return !names.has(name) && count <= small && names.add(name);
  });
  if (more.length === 0) continue;
  gpuTest(`${more.length} more random cases of ${kernel.op.name}`, async () => {
    for (const [i, test] of more.entries()) {
      const [first, second = first] = designsFor(test);
      await runCase(await sharedDevice(i % 2 ? second : first), prepareCase(kernel, test));
    }
  });
}

Deno.test("no tolerance is a thousand times wider than a kernel's worst error", () => {
  const wide = [...nearest].filter(([, near]) => near < widest);
  assert.deepEqual(wide, [], "give these kernels fewer roundings");
});

Deno.test("there are at least 5,000 kernel cases", () => {
  console.log(`${names.size} kernel cases`);
  assert(names.size >= 5000, `there are ${names.size}`);
});
