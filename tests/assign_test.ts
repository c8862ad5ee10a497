import assert from "node:assert/strict";
import { orderAssignments } from "../engine/assign.ts";
import { record, Recorder, Rng, Weights } from "../engine/mod.ts";
import { add } from "../kernels/mod.ts";
import { gpuTest, sharedDevice } from "./devices.ts";

/** What the copies make of values that are their own names, and how many there are. */
function carryOut(assignments: ReadonlyMap<number, number>) {
  const copies = orderAssignments(assignments);
  const held = new Map<number | undefined, number | undefined>();
  const valueOf = (at: number | undefined) => held.has(at) ? held.get(at) : at;
  for (const { from, to } of copies) held.set(to, valueOf(from));
  const ends = new Map([...assignments.keys()].map((target) => [target, valueOf(target)]));
  return { ends, copies: copies.length };
}

Deno.test("orderAssignments() gives every target the old value of what it is assigned", () => {
  const rng = new Rng(5);
  for (let i = 0; i < 5000; i++) {
    const names = rng.integer(2, 9);
    const assignments = new Map<number, number>();
    for (let target = 0; target < names; target++) {
      const value = rng.integer(0, names - 1);
      if (value !== target && rng.integer(0, 3) > 0) assignments.set(target, value);
    }
    const { ends } = carryOut(assignments);
    assert.deepEqual(ends, assignments);
  }
});

Deno.test("orderAssignments() copies more than once only where nothing else opens a cycle", () => {
  const cases: [string, [number, number][], number][] = [
    ["nothing", [], 0],
    ["independent", [[0, 5], [1, 6]], 2],
    ["a chain, first to last", [[0, 1], [1, 2], [2, 3]], 3],
    ["a chain, last to first", [[2, 3], [1, 2], [0, 1]], 3],
    ["a swap", [[0, 1], [1, 0]], 3],
    ["a cycle of three", [[0, 1], [1, 2], [2, 0]], 4],
    ["two swaps", [[0, 1], [1, 0], [2, 3], [3, 2]], 6],
    ["a swap whose value is kept elsewhere", [[0, 1], [1, 0], [2, 0]], 3],
  ];
  for (const [name, assignments, wanted] of cases) {
    const { ends, copies } = carryOut(new Map(assignments));
    assert.deepEqual(ends, new Map(assignments), name);
    assert.equal(copies, wanted, name);
  }
});

gpuTest("two inputs that are assigned to each other swap with every run", async () => {
  const device = await sharedDevice();
  using plan = await record(device, (r) => {
    const a = r.input("a", [3]), b = r.input("b", [3]);
    r.assign(a, b);
    r.assign(b, a);
    return [a, b] as const;
  });
  plan.write("a", Float32Array.of(1, 2, 3));
  plan.write("b", Float32Array.of(4, 5, 6));
  for (const wanted of [[4, 5, 6, 1, 2, 3], [1, 2, 3, 4, 5, 6]]) {
    plan.run();
    const [a, b] = await device.read(plan.outputs);
    assert.deepEqual([...a, ...b], wanted);
  }
});

gpuTest("assignments read what there was before any of them, in whatever order", async () => {
  const device = await sharedDevice();
  using weights = new Weights(device);
  const fixed = weights.tensor("fixed", [2], "f32", Float32Array.of(70, 80));
  for (const order of [[0, 1, 2, 3], [3, 2, 1, 0], [1, 3, 0, 2]]) {
    using plan = await record(device, (r) => {
      const a = r.input("a", [2]), b = r.input("b", [2]), c = r.input("c", [2]);
      const d = r.input("d", [2]);
      const pairs = [[a, b], [b, add(r, a, c)], [c, fixed], [d, b]] as const;
      for (const i of order) r.assign(...pairs[i]!);
      return [a, b, c, d] as const;
    });
    for (const [i, name] of ["a", "b", "c", "d"].entries()) {
      plan.write(name, Float32Array.of(i + 1, 10 * (i + 1)));
    }
    plan.run();
    const read = await device.read(plan.outputs);
    assert.deepEqual(read.map((values) => [...values]), [[2, 20], [4, 40], [70, 80], [2, 20]]);
  }
});

Deno.test("an input can't be assigned to itself", () => {
  const r = new Recorder(), a = r.input("a", [3]);
  assert.throws(() => r.assign(a, a), {
    name: "TypeError",
    message: 'Cannot assign "a" to itself: wanted another tensor',
  });
});
