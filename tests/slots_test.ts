import assert from "node:assert/strict";
import { Rng } from "../engine/mod.ts";
import { assignSlots, type Lifetime, type SlotPlan } from "../engine/memory.ts";

/** A random graph: each step makes one tensor from up to three that were there before. */
function randomGraph(rng: Rng): Lifetime[] {
  const steps = rng.integer(1, 24), given = rng.integer(0, 3);
  const kinds = ["buffer", "rgba32float 1028", "rgba16float 64"] as const;
  const lives = Array.from({ length: given + steps }, (_, i) => ({
    first: Math.max(-1, i - given),
    last: Math.max(-1, i - given),
    bytes: 16 * rng.integer(1, 64),
    kind: rng.integer(0, 3) === 0 ? rng.pick(kinds) : "buffer",
  }));
  for (let step = 0; step < steps; step++) {
    for (let i = rng.integer(1, 3); i > 0; i--) {
      const operand = lives[rng.integer(0, given + step - 1)];
      if (operand && given + step > 0) operand.last = step;
    }
  }
  const output = lives.at(-1);
  if (output) output.last = steps;
  return lives;
}

/** Walks through time and looks at who is alive: the plainest check that there is. */
function checkByLiveness(lives: readonly Lifetime[], { slotOf, slots }: SlotPlan): void {
  const end = Math.max(...lives.map(({ last }) => last));
  for (let step = -1; step <= end; step++) {
    const holders = new Map<number, number>();
    for (const [i, life] of lives.entries()) {
      if (step < life.first || life.last < step) continue;
      const slot = slotOf[i] ?? -1;
      assert(!holders.has(slot), `at ${step}, ${holders.get(slot)} and ${i} share slot ${slot}`);
      holders.set(slot, i);
    }
  }
  for (const [i, { bytes, kind }] of lives.entries()) {
    const slot = slots[slotOf[i] ?? -1];
    assert(slot, `lifetime ${i} has no slot`);
    assert.equal(slot.kind, kind);
    assert(slot.bytes >= bytes, `slot of ${slot.bytes} bytes holds ${bytes}`);
  }
}

const total = (slots: readonly { bytes: number }[]) => slots.reduce((sum, s) => sum + s.bytes, 0);

Deno.test("assignSlots() never gives overlapping lifetimes one slot, nor mixes kinds", () => {
  const rng = new Rng(11);
  for (let i = 0; i < 5000; i++) {
    const lives = randomGraph(rng);
    checkByLiveness(lives, assignSlots(lives));
  }
});

Deno.test("assignSlots() never needs more than no sharing, nor less than what lives at once", () => {
  const rng = new Rng(12);
  let saved = 0;
  for (let i = 0; i < 5000; i++) {
    const lives = randomGraph(rng);
    const { slots } = assignSlots(lives);
    const steps = Array.from({ length: 27 }, (_, step) => step - 1);
    const least = Math.max(
      ...steps.map((at) => total(lives.filter(({ first, last }) => first <= at && at <= last))),
    );
    assert(total(slots) <= total(lives));
    assert(total(slots) >= least);
    if (total(slots) < total(lives)) saved++;
  }
  assert(saved > 2500, `only ${saved} of 5000 graphs share anything`);
});

Deno.test("assignSlots() runs a chain in two slots", () => {
  for (const length of [2, 3, 10, 101]) {
    const chain = Array.from({ length }, (_, i) => ({
      first: i,
      last: i + 1,
      bytes: 64,
      kind: "buffer",
    }));
    assert.deepEqual(assignSlots(chain).slots, [
      { bytes: 64, kind: "buffer" },
      { bytes: 64, kind: "buffer" },
    ]);
  }
});

Deno.test("assignSlots() never lets an output share with an input of its step", () => {
  const input = { first: 0, last: 3, bytes: 16, kind: "buffer" };
  const output = { first: 3, last: 4, bytes: 16, kind: "buffer" };
  const next = { first: 4, last: 5, bytes: 16, kind: "buffer" };
  const { slotOf } = assignSlots([input, output, next]);
  assert.notEqual(slotOf[0], slotOf[1]);
  assert.equal(slotOf[0], slotOf[2]);
});

Deno.test("assignSlots() of nothing gives nothing", () => {
  assert.deepEqual(assignSlots([]), { slotOf: [], slots: [] });
});

Deno.test("the liveness check of these tests notices a wrong slot", () => {
  const life = { first: 0, last: 2, bytes: 16, kind: "buffer" };
  const shared: SlotPlan = { slotOf: [0, 0], slots: [{ bytes: 16, kind: "buffer" }] };
  assert.throws(() => checkByLiveness([life, { ...life, first: 2 }], shared), /share slot 0/);
});
