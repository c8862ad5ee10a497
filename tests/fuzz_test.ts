import assert from "node:assert/strict";
import { gpuTest, sharedDevice } from "./devices.ts";
import { drawSession } from "./fuzz/draw.ts";
import { fuzz } from "./fuzz/main.ts";
import { operations } from "./fuzz/operations.ts";
import { printSession, type Session } from "./fuzz/program.ts";
import { shrink } from "./fuzz/shrink.ts";

/** Sessions of the test run, from seed 1: `./autt fuzz` goes on from there. */
const sessions = 250;

gpuTest(`${sessions} random sessions of plans compute what float64 does`, async () => {
  const devices = { chosen: await sharedDevice("chosen"), gpu: await sharedDevice("gpu") };
  const failures: string[] = [];
  for (let seed = 1; seed <= sessions && failures.length < 3; seed++) {
    const failure = await fuzz(devices, seed);
    if (failure) failures.push(failure);
  }
  assert.deepEqual(failures, []);
});

Deno.test("the same seed draws the same session, and others draw others", () => {
  assert.deepEqual(drawSession(5), drawSession(5));
  const drawn = new Set(Array.from({ length: 50 }, (_, seed) => printSession(drawSession(seed))));
  assert.equal(drawn.size, 50);
});

Deno.test("sessions hold every operation, gradients, assignments, and plans that overlap", () => {
  const drawn = Array.from({ length: 300 }, (_, seed) => drawSession(seed + 1));
  const programs = drawn.flatMap((session) => session.programs);
  const used = new Set(programs.flatMap(({ lines }) => lines.map(({ operation }) => operation)));
  assert.deepEqual([...used].sort(), Object.keys(operations).sort());
  assert.ok(programs.filter(({ gradient }) => gradient).length > 100);
  assert.ok(programs.filter(({ assigned }) => assigned.length > 0).length > 50);
  const overlap = drawn.filter(({ events }) =>
    events.findLastIndex(({ kind }) => kind === "open") >
      events.findIndex(({ kind }) => kind === "run")
  );
  assert.ok(overlap.length > 50, `${overlap.length}`);
});

Deno.test("shrinking leaves the few lines that a failure needs", async () => {
  const fails = ({ programs, events }: Session) =>
    Promise.resolve(
      events.some(({ kind, program }) =>
        kind === "run" && programs[program]?.lines.some(({ name, operation }) =>
          operation === "softmax" && programs[program]?.outputs.includes(name)
        )
      ),
    );
  const seeds = Array.from({ length: 200 }, (_, seed) => drawSession(seed));
  let shrunk = 0;
  for (const session of seeds) {
    if (!await fails(session)) continue;
    const { programs, events } = await shrink(session, fails);
    assert.ok(events.length <= 2, printSession({ ...session, programs, events }));
    const program = programs[events[0]?.program ?? 0];
    assert.ok((program?.lines.length ?? 9) <= 2, printSession({ ...session, programs, events }));
    shrunk++;
  }
  assert.ok(shrunk > 10, `${shrunk}`);
});
