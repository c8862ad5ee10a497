import assert from "node:assert/strict";
import { readAhead } from "../engine/mod.ts";

Deno.test("answers come in the order of asking, some asked for ahead, and no more", async () => {
  const events: string[] = [];
  const asked = async function* () {
    for (let i = 0; i < 6; i++) {
      events.push(`ask ${i}`);
      // The later ones are there first.
      yield { answer: new Promise<number>((resolve) => setTimeout(() => resolve(i), 20 - 3 * i)) };
    }
  };
  for await (const answer of readAhead(asked(), 2)) events.push(`take ${answer}`);
  assert.deepEqual(
    events,
    [0, 1, 2].map((i) => `ask ${i}`)
      .concat(["take 0", "ask 3", "take 1", "ask 4", "take 2", "ask 5", "take 3"])
      .concat(["take 4", "take 5"]),
  );
  assert.deepEqual(await Array.fromAsync(readAhead((async function* () {})())), []);
});

Deno.test("an answer that fails is thrown in its turn, and nothing more is asked for", async () => {
  const taken: number[] = [];
  let asks = 0, closed = false;
  const asked = async function* () {
    try {
      while (true) {
        const i = asks++;
        yield { answer: i === 1 ? Promise.reject(new Error("lost")) : Promise.resolve(i) };
      }
    } finally {
      closed = true;
    }
  };
  await assert.rejects(async () => {
    for await (const answer of readAhead(asked(), 3)) taken.push(answer);
  }, { message: "lost" });
  assert.deepEqual(taken, [0]);
  assert.equal(asks, 5);
  assert(closed, "the asking is told that it is over");
  // One that fails to ask is told after what was asked for before.
  const broken = async function* () {
    yield { answer: Promise.resolve(1) };
    throw new Error("no more");
  };
  await assert.rejects(Array.fromAsync(readAhead(broken())), { message: "no more" });
});
