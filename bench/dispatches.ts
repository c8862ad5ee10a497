import { type Device, record, type Tensor } from "../engine/mod.ts";
import { add } from "../kernels/mod.ts";

/** Seconds for one run, as a caller sees it and as the host is busy with it. */
export interface RunCost {
  readonly wall: number;
  /** Until its submission returns: what the host cannot use for anything else. */
  readonly host: number;
}

/** What many tiny dispatches cost together and one by one. */
export interface DispatchCost {
  readonly count: number;
  /** Whether each reads what the one before it wrote. */
  readonly chained: boolean;
  /** One replay of a plan that holds them all. */
  readonly replayed: RunCost;
  /** The same dispatches, each in a pass and a submission of its own. */
  readonly submitted: RunCost;
}

const runsPerRound = 5;

/**
 * Runs 300 tiny dispatches as one plan and one by one, turn and turn about, in rounds of five runs.
 * The best of each counts, since waking a driver's threads takes its time. One by one means a command encoder, a pass and a submission for every call; even then the
 * bind groups are those of the plan, which a library without plans would make anew.
 */
export async function measureDispatches(
  device: Device,
  chained: boolean,
  rounds: number,
): Promise<DispatchCost> {
  const count = 300;
  using plan = await record(device, (r) => {
    const one = r.input("one", [8]);
    const sums: Tensor[] = [r.input("x", [8])];
    for (let i = 0; i < count; i++) sums.push(add(r, sums[chained ? i : 0] ?? one, one));
    return chained ? sums.slice(-1) : sums;
  });
  plan.write("one", new Float32Array(8).fill(1));
  plan.write("x", new Float32Array(8));
  const oneByOne = () => {
    for (let i = 0; i < count; i++) plan.runSteps(i, i + 1);
  };
  const time = async (action: () => void): Promise<RunCost> => {
    const start = performance.now();
    action();
    const host = performance.now() - start;
    for (let i = 1; i < runsPerRound; i++) action();
    await device.settled();
    const wall = performance.now() - start;
    return { wall: wall / 1000 / runsPerRound, host: host / 1000 };
  };
  let replayed: RunCost = { wall: Infinity, host: Infinity };
  let submitted: RunCost = replayed;
  for (let i = 0; i < rounds; i++) {
    replayed = least(replayed, await time(() => plan.run()));
    submitted = least(submitted, await time(oneByOne));
  }
  return { count, chained, replayed, submitted };
}

function least(a: RunCost, b: RunCost): RunCost {
  return { wall: Math.min(a.wall, b.wall), host: Math.min(a.host, b.host) };
}
