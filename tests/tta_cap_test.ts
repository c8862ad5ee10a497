import assert from "node:assert/strict";
import { type TtaCapSettings, ttaCapVersions } from "../tta/tta_cap/settings.ts";
import { majorityOf } from "../tta/tta_cap/tta_cap.ts";
import { TtaCap } from "../tta/tta_cap/tta_cap.ts";
import type { TtaCapState } from "../tta/tta_cap/tta_cap_state.ts";
import { decideVideo } from "../tta/tta_cap/video_decision.ts";
import { makeWorld, runOver } from "./tta_cap_worlds.ts";

const { v1, v2 } = ttaCapVersions;
const sizes = (cache: readonly (readonly unknown[])[]) => cache.map(({ length }) => length);

for (const [name, version] of Object.entries(ttaCapVersions)) {
  Deno.test(`caches of ${name} never hold more than their capacity, least entropy first`, () => {
    const settings = { ...version, positiveCapacity: 3, negativeCapacity: 2 };
    let fullest = 0;
    for (let seed = 1; seed <= 20; seed++) {
      const world = makeWorld(seed, { classes: 2 + seed % 3 });
      for (const { positiveCache, negativeCache } of runOver(world, { settings })) {
        assert.ok(sizes(positiveCache).every((size) => size <= 3));
        assert.ok(sizes(negativeCache).every((size) => size <= 2));
        fullest = Math.max(fullest, ...sizes(positiveCache), ...sizes(negativeCache));
        for (const kept of [...positiveCache, ...negativeCache]) {
          const entropies = kept.map(({ entropy }) => entropy);
          assert.deepEqual(entropies, entropies.toSorted((a, b) => a - b));
        }
      }
    }
    assert.equal(fullest, 3); // the worlds do fill them
  });

  Deno.test(`a restored state of ${name} goes on with the same bits`, () => {
    for (let seed = 1; seed <= 5; seed++) {
      const { classes, prototypes, windows } = makeWorld(seed);
      const model = { classes, prototypes, settings: version };
      const through = new TtaCap(model), first = new TtaCap(model), second = new TtaCap(model);
      const wanted = windows.map((window) => through.step(window));
      const half = windows.length >> 1;
      for (const window of windows.slice(0, half)) first.step(window);
      second.restore(JSON.parse(JSON.stringify(first.state)));
      assert.deepEqual(
        windows.slice(half).map((window) => second.step(window)),
        wanted.slice(half),
      );
      assert.deepEqual(second.state, through.state);
      assert.ok(sizes(through.state.positive).some((size) => size > 0));
    }
  });

  Deno.test(`the order of prototypes does not matter to ${name}`, () => {
    for (let seed = 1; seed <= 5; seed++) {
      const world = makeWorld(seed, { classes: 3 });
      const turned = { ...world, prototypes: world.prototypes.map((rows) => rows.toReversed()) };
      const steps = runOver(world, { settings: version });
      for (const [i, step] of runOver(turned, { settings: version }).entries()) {
        assert.equal(step.action, steps[i]?.action);
        for (const [c, logit] of step.logits.entries()) {
          assert.ok(Math.abs(logit - (steps[i]?.logits[c] ?? NaN)) < 1e-9);
        }
      }
    }
  });
}

Deno.test("every version and way of fusing gives finite logits, whatever is missing", () => {
  const world = makeWorld(3, { classes: 3 }), none = world.classes.map(() => []);
  for (const version of [v1, v2]) {
    for (const fusion of ["embedding", "logits"] as const) {
      for (const weighting of ["equal", "confidence", "attention"] as const) {
        for (const agreement of ["none", "majority"] as const) {
          const settings = { ...version, fusion, weighting, agreement };
          for (const prototypes of [world.prototypes, none, world.prototypes.with(1, [])]) {
            for (const { logits } of runOver({ ...world, prototypes }, { settings })) {
              assert.ok(logits.every(Number.isFinite));
            }
          }
        }
      }
    }
  }
});

Deno.test("the majority is the label that occurs most, the last one seen of several", () => {
  assert.equal(majorityOf([0, 1, 1, 0, 2]), 0);
  assert.equal(majorityOf([2, 2, 1]), 2);
  assert.equal(majorityOf([0, 1, 2]), 2);
});

Deno.test("caches of a video end with it, those of a person go on", () => {
  for (const reset of ["video", "subject"] as const) {
    const { classes, prototypes, windows } = makeWorld(1);
    const person = new TtaCap({ classes, prototypes, settings: { ...v2, reset } });
    for (const window of windows) person.step(window);
    assert.ok(sizes(person.state.positive).some((size) => size > 0));
    person.beginVideo();
    assert.equal(sizes(person.state.positive).some((size) => size > 0), reset === "subject");
    assert.equal(person.state.recent.length, reset === "subject" ? 3 : 0);
    assert.equal(person.state.steps, windows.length);
    person.reset();
    assert.deepEqual(
      person.state,
      new TtaCap({ classes, prototypes, settings: person.settings }).state,
    );
  }
});

Deno.test("without prototypes a person is blocked or let pass, as set", () => {
  const world = { ...makeWorld(1), prototypes: [[], []] };
  const actions = (withoutPrototypes: "block" | "pass") =>
    new Set(runOver(world, { settings: { ...v2, withoutPrototypes } }).map(({ action }) => action));
  assert.deepEqual(actions("block"), new Set(["none"]));
  assert.ok(actions("pass").has("positive"));
});

Deno.test("a class without prototypes ruins its logit, or is left out", () => {
  const world = makeWorld(2), half = { ...world, prototypes: world.prototypes.with(1, []) };
  const run = (emptyClass: TtaCapSettings["emptyClass"]) =>
    runOver(half, { settings: { ...v2, fusion: "logits", emptyClass } });
  assert.ok(run("score").every(({ logits }) => (logits[1] ?? 0) < -1e8));
  assert.ok(run("score").some(({ action }) => action === "positive"));
  assert.ok(run("leave out").every(({ logits }) => (logits[1] ?? 0) > 0));
  assert.ok(run("leave out").every(({ action }) => action === "none"));
});

Deno.test("entropies by the number of classes are at most 1, and then something is refused", () => {
  const world = makeWorld(4);
  const run = (normalizeEntropy: boolean) =>
    runOver(world, { settings: { ...v2, normalizeEntropy } });
  const plain = run(false), normal = run(true);
  assert.ok(plain.every(({ gates }) => gates.admissible)); // ln 2 is below 0.8
  assert.ok(normal.some(({ gates }) => !gates.admissible));
  for (const [i, { entropy }] of normal.entries()) {
    assert.ok(entropy <= 1 && Math.abs(entropy - (plain[i]?.entropy ?? NaN) / Math.LN2) < 1e-12);
  }
});

Deno.test("the decision on a video is the mean of its windows' logits", () => {
  assert.deepEqual(decideVideo([{ logits: [1, 4] }, { logits: [3, 1] }]), {
    logits: [2, 2.5],
    predicted: 1,
  });
  assert.throws(() => decideVideo([]), /Cannot decide on a video of no windows/);
});

Deno.test("TTA-CaP says what it cannot use", () => {
  const { classes, prototypes } = makeWorld(1);
  const open = (settings: Partial<TtaCapSettings>) =>
    new TtaCap({ classes, prototypes, settings: { ...v2, ...settings } });
  for (
    const [settings, says] of [
      [{ window: 0 }, /with window 0: wanted a whole number from 1 on/],
      [{ negativeCapacity: 1.5 }, /with negativeCapacity 1.5: wanted a whole number from 1 on/],
      [{ attentionTemperature: 0 }, /with attentionTemperature 0: wanted one above 0/],
      [{ leastMargin: NaN }, /with leastMargin NaN: wanted 0 or more/],
      [{ ambiguousBelow: 0.1 }, /with ambiguousBelow 0.1: wanted 0.5 or more/],
    ] as const
  ) assert.throws(() => open(settings), says);
  assert.throws(
    () => new TtaCap({ classes: classes.slice(1) }),
    /with 1 classes: wanted 2 or more/,
  );
  assert.throws(
    () => new TtaCap({ classes, prototypes: prototypes.slice(1) }),
    /prototypes of 1 classes: wanted 2/,
  );
  const person = open({});
  assert.throws(
    () => person.step(new Float32Array(3)),
    /of a window .* wanted 64 finite numbers: got 3/,
  );
  assert.throws(() => person.step(new Float32Array(64).fill(NaN)), /got 64, not all finite/);
  assert.throws(() => person.step(new Float32Array(64)), /it is all zeros/);
  assert.equal(person.state.steps, 0);
});

Deno.test("a state of other settings, sizes or contents is refused, and changes nothing", () => {
  const { classes, prototypes, windows } = makeWorld(1);
  const person = new TtaCap({ classes, prototypes });
  for (const window of windows) person.step(window);
  const { state } = person;
  const [sample] = state.positive.flat();
  assert.ok(sample);
  const put = (samples: TtaCapState["positive"][number]) => ({ positive: [samples, []] });
  for (
    const [change, says] of [
      [{ version: 2 as 1 }, /its format is "autt.tta-cap" 2/],
      [{ settings: { ...v2, window: 5 } }, /its setting "window" is 5, and 3 is in use/],
      [{ width: 8 }, /its embeddings have 8 numbers, and 64 is in use/],
      [{ negative: [[]] }, /its negative cache has 1 classes, and 2 is in use/],
      [put([{ ...sample, key: [1] }]), /a sample that is not 64 finite numbers/],
      [put(Array(6).fill(sample)), /its positive cache has more than 5 samples of a class/],
      [{ recent: [2] }, /its last predictions are \[2\], and there are 2 classes/],
    ] as const
  ) {
    assert.throws(() => person.restore({ ...state, ...change }), says);
    assert.deepEqual(person.state, state);
  }
});
