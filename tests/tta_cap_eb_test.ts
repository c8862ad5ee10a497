import assert from "node:assert/strict";
import { DiverseCache } from "../tta/eb_cap/diverse_cache.ts";
import { EbCap, EntropyThresholds } from "../tta/eb_cap/eb_cap.ts";
import { ebCapDefaults, ebCapOfficial, type EbCapSettings } from "../tta/eb_cap/settings.ts";
import { walkTowards } from "../tta/eb_cap/walk.ts";
import { makeWorld } from "./tta_cap_worlds.ts";

Deno.test("a walk without noise goes towards the class and stops where the texts choose it", () => {
  const classes = [Float64Array.of(1, 0, 0), Float64Array.of(0, 1, 0)];
  const settings = { ...ebCapDefaults, walkSteps: 100, stepSize: 0.2 };
  const still = () => new Float64Array(3);
  const { end, reachedAt } = walkTowards(Float64Array.of(0.8, 0.6, 0), 1, classes, still, settings);
  assert.ok(reachedAt !== undefined && reachedAt > 1);
  assert.ok((end[1] ?? 0) > (end[0] ?? 1) && Math.abs(Math.hypot(...end) - 1) < 1e-12);
  // A step before, it was not there.
  const earlier = { ...settings, walkSteps: reachedAt - 1 };
  const before = walkTowards(Float64Array.of(0.8, 0.6, 0), 1, classes, still, earlier);
  assert.equal(before.reachedAt, undefined);
  // A class that is chosen already is looked at after the first step.
  assert.equal(walkTowards(Float64Array.of(0.8, 0.6, 0), 0, classes, still, settings).reachedAt, 1);
});

Deno.test("thresholds are the mean of a video's entropies, a deviation to either side", () => {
  const thresholds = new EntropyThresholds(ebCapDefaults), seen = [0.1, 0.5, 0.2, 0.6, 0.3, 0.4];
  for (const [i, entropy] of seen.entries()) {
    if (i < 5) assert.deepEqual(thresholds.current, { confidentBelow: 0.5, ambiguousBelow: 0.8 });
    thresholds.push(entropy);
  }
  const mean = 2.1 / 6, deviation = Math.sqrt(seen.reduce((s, x) => s + (x - mean) ** 2, 0) / 6);
  assert.ok(Math.abs(thresholds.current.confidentBelow - (mean - deviation)) < 1e-12);
  assert.ok(Math.abs(thresholds.current.ambiguousBelow - (mean + deviation)) < 1e-12);
  const same = new EntropyThresholds(ebCapDefaults);
  for (let i = 0; i < 9; i++) same.push(0.25);
  assert.deepEqual(same.current, { confidentBelow: 0.25, ambiguousBelow: 0.250001 });
});

Deno.test("a cache keeps what makes it more diverse, and replaces by entropy where it is full", () => {
  const at = (degrees: number) => {
    const angle = degrees * Math.PI / 180;
    return Float64Array.of(Math.cos(angle), Math.sin(angle));
  };
  const positive = new DiverseCache("positive", 2, 2);
  assert.equal(positive.offer(0, at(0), 0.3).kept, true);
  assert.equal(positive.offer(0, at(0), 0.1).kept, false); // the same again
  assert.equal(positive.offer(0, at(40), 0.2).kept, true);
  assert.deepEqual(positive.sizes, [2, 0]);
  const worse = positive.offer(0, at(90), 0.4);
  assert.deepEqual([worse.kept, worse.better, worse.replaces], [false, false, 0]);
  const closer = positive.offer(0, at(30), 0.1);
  assert.deepEqual([closer.kept, closer.better], [false, true]); // less diverse
  const wider = positive.offer(0, at(100), 0.1);
  assert.deepEqual([wider.kept, wider.replaces, wider.sizeBefore], [true, 0, 2]);
  assert.deepEqual(positive.scores(at(70)).map((x) => x.toFixed(6)), ["0.866025", "0.000000"]);

  const negative = new DiverseCache("negative", 1, 1);
  negative.offer(0, at(0), 0.5);
  assert.equal(negative.offer(0, at(90), 0.4).better, false);
  assert.equal(negative.offer(0, at(90), 0.6).better, true);
});

Deno.test("an empty class locks the decision in as published, and does not by default", () => {
  const decided = (settings: EbCapSettings) => {
    const { classes, windows } = makeWorld(4, { windows: 40 });
    const person = new EbCap({ classes, settings });
    const steps = windows.map((window) => person.step(window));
    const texts = steps.map(({ target }) => target.indexOf(Math.max(...target)));
    return {
      classes: new Set(steps.slice(2).map(({ predicted }) => predicted)),
      texts: new Set(texts),
    };
  };
  assert.deepEqual(decided(ebCapOfficial).texts, new Set([0, 1]));
  assert.equal(decided(ebCapOfficial).classes.size, 1);
  assert.equal(decided(ebCapDefaults).classes.size, 2);
});

Deno.test("the same seed draws the same walks, another one others, and reset begins anew", () => {
  const { classes, windows: [window = new Float64Array()] } = makeWorld(2);
  const first = new EbCap({ classes }), step = first.step(window);
  assert.deepEqual(new EbCap({ classes }).step(window), step);
  assert.notDeepEqual(first.step(window).walks, step.walks);
  first.reset();
  assert.deepEqual(first.step(window), step);
  const other = new EbCap({ classes, settings: { ...ebCapDefaults, seed: 1 } });
  assert.notDeepEqual(other.step(window).walks, step.walks);
});

Deno.test("EB-CaP says what it cannot use", () => {
  const { classes } = makeWorld(1);
  const open = (settings: Partial<EbCapSettings>) =>
    new EbCap({ classes, settings: { ...ebCapDefaults, ...settings } });
  assert.throws(() => open({ walks: 0 }), /with walks 0: wanted a whole number from 1 on/);
  assert.throws(() => open({ noiseScale: -1 }), /with noiseScale -1: wanted 0 or more/);
  assert.throws(() => open({ ambiguousBelow: 0.2 }), /with ambiguousBelow 0.2: wanted 0.5 or more/);
  assert.throws(() => new EbCap({ classes: classes.slice(1) }), /with 1 classes: wanted 2 or more/);
  assert.throws(
    () => open({}).step(new Float32Array(3)),
    /of 3 numbers in EB-CaP: wanted 64 finite/,
  );
  assert.throws(() => open({}).step(new Float32Array(64)), /of which some are not 0/);
});
