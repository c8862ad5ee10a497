/**
 * What tests run on subgroups of other sizes, in a process of its own: a driver reads how wide it is when the
 * first device is opened.
 */
import { elements, openDevice } from "../../engine/mod.ts";
import { kernels } from "../../kernels/proofs.ts";
import { endFindings, say, tellCase } from "../findings.ts";
import { prepareCase } from "../run_case.ts";
import { stepsOf } from "../steps_of.ts";
import { FormsLeft } from "../forms_left.ts";

/** Elements of operands up to which a case runs. */
const most = 2 ** 16;

if (import.meta.main) {
  using device = await openDevice();
  say({ name: device.adapter.name, lanes: device.adapter.lanes });
  for (const kernel of kernels) {
    const byLanes = kernel.shaders.filter(({ flags }) => flags && "LANES" in flags);
    if (byLanes.length === 0) continue;
    const left = new FormsLeft(byLanes, device.adapter);
    for (const test of kernel.cases()) {
      const sizes = Object.values(test.inputs).map((one) => one ? elements(one.shape) : 0);
      if (sizes.reduce((sum, size) => sum + size, 0) > most) continue;
      // A case of each two settings together: all of them run on eight lanes.
      const steps = await stepsOf(device, kernel, test);
      if (!steps.map(({ program }) => left.add(program.code)).includes(true)) continue;
      await tellCase(device, prepareCase(kernel, test));
    }
    for (const shader of byLanes) {
      for (const name of left.of(shader).missing) {
        say({ name, error: "no case executes it" });
      }
    }
  }
  endFindings();
}
