/** Changes of kernels that no case noticed once: each must make one fail. `./autt mutate` draws others. */
import assert from "node:assert/strict";
import { type Device, elements, openDevice } from "../engine/mod.ts";
import { adamwKernel } from "../kernels/adamw/cases.ts";
import { attentionKernel } from "../kernels/attention/cases.ts";
import { entropyGradientKernel, entropyKernel } from "../kernels/entropy/cases.ts";
import type { AnyKernel } from "../kernels/kernel.ts";
import { scaleKernel } from "../kernels/scale/cases.ts";
import { softmaxKernel } from "../kernels/softmax/cases.ts";
import { changeShader } from "./change_shader.ts";
import { designs, gpuTest, sharedDevice } from "./devices.ts";
import { prepareCase, runCase } from "./run_case.ts";

/** Elements of operands up to which a case runs. */
const most = 2 ** 15;

/** Runs a kernel's small cases, or those of a note, until one fails, and gives what it says. */
async function firstFailure(
  kernel: AnyKernel,
  devices: readonly Device[],
  note?: string,
): Promise<string | undefined> {
  for (const test of kernel.cases()) {
    if (note !== undefined && test.note !== note) continue;
    const sizes = Object.values(test.inputs).map((one) => one ? elements(one.shape) : 0);
    if (sizes.reduce((sum, size) => sum + size, 0) > most) continue;
    for (const device of devices) {
      try {
        await runCase(device, prepareCase(kernel, test));
      } catch (error) {
        return (error as Error).message;
      }
    }
  }
  return undefined;
}

/** Makes the change in each of a kernel's shaders, one after the other, and wants it noticed. */
async function mustNotice(
  kernel: AnyKernel,
  from: string,
  to: string,
  devices: readonly Device[],
  note?: string,
): Promise<void> {
  let changed = 0;
  for (const shader of kernel.shaders) {
    using mutant = changeShader(shader, from, to);
    const failure = await firstFailure(kernel, devices, note);
    if (!mutant.found) continue;
    changed++;
    assert.match(failure ?? "", /is over the tolerance|: wanted /, `${shader.name}: ${to}`);
  }
  assert(changed > 0, `nothing in ${kernel.op.name} says ${from}`);
}

const both = async () => [await sharedDevice("chosen"), await sharedDevice("gpu")];

for (const kernel of [entropyKernel, entropyGradientKernel]) {
  gpuTest(`a case notices where ${kernel.op.name} leaves out what counts`, async () => {
    await mustNotice(kernel, "z < -200.0", "z < -30.0", await both());
  });
}

gpuTest("a case notices where attention's scores are not above the largest at first", async () => {
  await mustNotice(attentionKernel, "= -1e38;", "= -60.0;", await both(), "far below zero");
});

gpuTest("a case notices a step of AdamW that is off by a ten-thousandth", async () => {
  await mustNotice(adamwKernel, "params.rate * step", "params.rate * 1.0001 * step", await both());
});

for (const [kernel, row] of [[softmaxKernel, "wid.y"], [scaleKernel, "gid.y"]] as const) {
  gpuTest(
    `a case notices where ${kernel.op.name} takes a grid's second row for its first`,
    async () => {
      using folded = await openDevice({ families: { ...designs.chosen, grid: "folded" } });
      using wide = await openDevice({ families: { ...designs.gpu, grid: "folded" } });
      await mustNotice(kernel, `${row} *`, `0u * ${row} *`, [folded, wide]);
    },
  );
}
