import { type Device, record, type Tensor } from "../engine/mod.ts";
import { add } from "../kernels/mod.ts";

/** What many tiny dispatches cost together and one by one. */
export interface DispatchCost {
  readonly count: number;
  /** Seconds for one replay of a plan that holds them all. */
  readonly replayed: number;
  /** Seconds for the same dispatches, each in a pass and a submission of its own. */
  readonly submitted: number;
}

/**
 * Runs 300 tiny dispatches as one plan and one by one, turn and turn about, and keeps the best of
 * each. One by one means a command encoder, a pass and a submission for every call; even then the
 * bind groups are those of the plan, which a library without plans would make anew.
 */
export async function measureDispatches(device: Device): Promise<DispatchCost> {
  const count = 300;
  using plan = await record(device, (r) => {
    const one = r.input("one", [8]);
    let sum: Tensor = r.input("x", [8]);
    for (let i = 0; i < count; i++) sum = add(r, sum, one);
    return sum;
  });
  plan.write("one", new Float32Array(8).fill(1));
  plan.write("x", new Float32Array(8));
  const oneByOne = () => {
    for (let i = 0; i < count; i++) plan.runSteps(i, i + 1);
  };
  const time = async (action: () => void) => {
    const start = performance.now();
    for (let i = 0; i < 5; i++) action();
    await device.settled();
    return (performance.now() - start) / 5000;
  };
  const replayed: number[] = [], submitted: number[] = [];
  for (let i = 0; i < 6; i++) {
    replayed.push(await time(() => plan.run()));
    submitted.push(await time(oneByOne));
  }
  return { count, replayed: Math.min(...replayed), submitted: Math.min(...submitted) };
}
