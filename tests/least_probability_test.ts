import assert from "node:assert/strict";
import { analyse, usualLeastProbability, usualRequirements } from "../person/analyse.ts";
import type { Observation } from "../person/observe.ts";
import type { VideoDecider } from "../person/video_decider.ts";

Deno.test("the usual least probability is a fifth of the way from chance to certainty", () => {
  assert.ok(Math.abs(usualLeastProbability(2) - .6) < 1e-15);
  assert.ok(Math.abs(usualLeastProbability(4) - .4) < 1e-15);
  assert.equal(usualLeastProbability(1), 1);
});

/** What is said of one frame with these probabilities. */
async function abstained(probabilities: readonly number[], leastProbability?: number) {
  const frame = { seconds: 0 } as Observation["frames"][number];
  const observed = { frames: [frame], seen: [frame], features: new Float32Array(1) };
  const answer = { probabilities: Float32Array.from(probabilities), entropy: 0, start: 0 };
  const decider = {
    decide: () => Promise.resolve({ decided: { before: answer, after: answer }, windows: [] }),
  };
  const { abstained } = await analyse(
    decider as unknown as VideoDecider,
    observed as unknown as Observation,
    { leastFrames: 1, leastProbability: leastProbability ?? usualRequirements.leastProbability },
  );
  return abstained;
}

Deno.test("an answer takes less of many classes than of two, unless a probability is given", async () => {
  const uncertain = "too uncertain: the likeliest class has 55.0 %, and 60.0 % is the least";
  assert.equal(await abstained([.55, .45]), uncertain);
  assert.equal(await abstained([.55, .15, .15, .15]), undefined);
  assert.equal(await abstained([.55, .45], .5), undefined);
  assert.equal(
    await abstained([.65, .2, .15], .7),
    uncertain.replace("55", "65").replace("60", "70"),
  );
});
