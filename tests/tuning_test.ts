import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { type Plan, record, Rng, type Tensor, type Values, Weights } from "../engine/mod.ts";
import { adamwCorrection, compare } from "../kernels/mod.ts";
import { PromptTuner } from "../tta/clip_autt/prompt_tuner.ts";
import { runOfficialProtocol } from "../golden/official_protocol.ts";
import { movedFrom } from "../tta/clip_autt/tuning.ts";
import { tuningModes, type TuningSettings } from "../tta/clip_autt/tuning_settings.ts";
import { gpuTest, sharedDevice } from "./devices.ts";
import { evaluate, givenValues } from "./evaluate.ts";
import { rejection } from "./fakes.ts";
import { bytesOf, smallClips, smallModel, smallStart, weightsOf } from "./small_tuning.ts";

const small = { window: 4, contextTokens: 2 };
const modes: readonly TuningSettings[] = Object.values(tuningModes)
  .map((mode) => ({ ...mode, ...small }));
const paper: TuningSettings = { ...tuningModes.paper, ...small };

/** A tuner on a small model, for as long as the body takes. */
async function withTuner(
  settings: TuningSettings,
  body: (tools: {
    tuner: PromptTuner;
    model: Awaited<ReturnType<typeof smallModel>>;
    device: Awaited<ReturnType<typeof sharedDevice>>;
  }) => Promise<void>,
  design: "chosen" | "gpu" = "chosen",
): Promise<void> {
  const device = await sharedDevice(design);
  using weights = new Weights(device);
  const model = await smallModel(device, weights);
  using tuner = await PromptTuner.open(model, settings);
  await body({ tuner, model, device });
}

/** Fills the inputs of a step's plan. */
function writeStep(
  plan: Plan,
  tuner: PromptTuner,
  clips: Awaited<ReturnType<typeof smallClips>>,
): Record<string, Float32Array<ArrayBuffer>> {
  const { context, m, v } = smallStart(tuner);
  const windows = Float32Array.from(clips.flatMap(({ embeddings }) => [...embeddings]));
  const inputs: Record<string, Float32Array<ArrayBuffer>> = {
    context,
    m,
    v,
    windows,
    correction: adamwCorrection(1),
  };
  for (const name of plan.inputs.keys()) {
    plan.write(name, inputs[name] as Float32Array<ArrayBuffer>);
  }
  return inputs;
}

for (const design of ["chosen", "gpu"] as const) {
  for (const settings of modes) {
    gpuTest(
      `every kernel of a whole ${settings.mode} step equals its float64 reference (${design} kernels)`,
      async () => {
        await withTuner(settings, async ({ tuner, model, device }) => {
          const clips = await smallClips(model, [7, 7]);
          using plan = await record(device, (r) => tuner.recordStep(r, clips));
          writeStep(plan, tuner, clips);
          const rows = await compare(device, plan);
          assert.deepEqual(rows.filter(({ diverges }) => diverges), []);
          assert.equal(rows.length, plan.applications.flatMap(({ outputs }) => outputs).length);
        }, design);
      },
    );
  }
}

for (const settings of modes) {
  gpuTest(`the gradient of a whole ${settings.mode} step is its derivative`, async () => {
    await withTuner(settings, async ({ tuner, model, device }) => {
      const clips = await smallClips(model, [7, 7]);
      using plan = await record(device, (r) => tuner.recordStep(r, clips));
      const inputs = writeStep(plan, tuner, clips);
      const given = await givenValues(device, plan);
      for (const [name, tensor] of plan.inputs) {
        const data = Float64Array.from(inputs[name] ?? []);
        given.set(tensor, { shape: tensor.shape, data });
      }
      plan.run();
      const { gradient, loss } = plan.outputs;
      const slope = await device.read(gradient);
      const context = plan.inputs.get("context") as Tensor;
      const start = given.get(context) as Values;
      const rng = new Rng(2);
      const direction = start.data.map(() => rng.normal());
      const along = (distance: number) => {
        const data = start.data.map((x, i) => x + distance * (direction[i] ?? NaN));
        const moved = new Map(given).set(context, { shape: start.shape, data });
        return evaluate(plan, moved, [loss])[0]?.data[0] ?? NaN;
      };
      const step = 1e-6; // small against the way to the next kink of a ReLU
      const wanted = (along(-2 * step) - 8 * along(-step) + 8 * along(step) - along(2 * step)) /
        (12 * step);
      const got = slope.reduce((sum, g, i) => sum + g * (direction[i] ?? NaN), 0);
      const size = Math.hypot(...slope) * Math.hypot(...direction);
      assert.ok(size > 1e-4, `the gradient is ${Math.hypot(...slope)} long`);
      assert.ok(Math.abs(got - wanted) < 2e-5 * size, `${got}: wanted ${wanted}, of ${size}`);
    });
  });
}

gpuTest(
  "a step records no gradient of a weight, and touches only the rows that count",
  async () => {
    await withTuner(paper, async ({ tuner, model, device }) => {
      const clips = await smallClips(model, [7]);
      using plan = await record(device, (r) => tuner.recordStep(r, clips));
      const weights = weightsOf(plan);
      assert.ok(weights.length > 40, `${weights.length} weights`);
      // Of no weight: its derivative would have its shape, which nothing else has.
      const shapes = new Set(weights.map(({ shape }) => shape.join()));
      const backward = plan.applications.slice(
        plan.applications.findIndex(({ label }) => label.startsWith("entropy_gradient")),
      );
      assert.ok(backward.length > 30);
      for (const { label, outputs } of backward) {
        for (const { shape } of outputs) assert.ok(!shapes.has(shape.join()), label);
      }
      // 5 sentences of 3 + 2 + 5 + 2 + 4 words, an end each, 2 tuned vectors each, and one start.
      assert.equal(tuner.layout.rows, 1 + 16 + 5 + 10);
      assert.equal(tuner.layout.slots.length, 10);
    });
  },
);

gpuTest("no weight changes while prompts are tuned", async () => {
  await withTuner(paper, async ({ tuner, model, device }) => {
    const clips = await smallClips(model, [7]);
    using plan = await record(device, (r) => tuner.recordStep(r, clips));
    const weights = weightsOf(plan);
    const hash = async () => {
      const sum = createHash("sha256");
      for (const weight of weights) sum.update(await bytesOf(device, weight));
      return sum.digest("hex");
    };
    assert.ok(weights.length > 40, `${weights.length} weights`);
    const before = await hash();
    const start = smallStart(tuner), { tuning } = await tuner.tune(start, clips, { steps: 5 });
    assert.ok(movedFrom(start.context, tuning.context).largest > 1e-3);
    assert.equal(await hash(), before);
  });
});

for (const settings of modes) {
  gpuTest(
    `two ${settings.mode} runs from one state give the same bits, whole or in parts`,
    async () => {
      await withTuner(settings, async ({ tuner, model }) => {
        const clips = await smallClips(model, [7, 7]), start = smallStart(tuner);
        const whole = await tuner.tune(start, clips, { steps: 6 });
        assert.deepEqual(await tuner.tune(start, clips, { steps: 6 }), whole);
        const first = await tuner.tune(start, clips, { steps: 2 });
        const rest = await tuner.tune(first.tuning, clips, { steps: 4 });
        assert.deepEqual(rest.tuning, whole.tuning);
        assert.deepEqual([...first.steps, ...rest.steps], whole.steps);
        assert.ok((whole.steps.at(-1)?.loss ?? NaN) < (whole.steps[0]?.loss ?? NaN));
        // What a step decides before it moves anything is what a prediction decides.
        assert.deepEqual(await tuner.predict(start, clips), whole.steps[0]?.predictions);
      });
    },
  );
}

gpuTest("tuning tells of each step, ends when asked, and never runs two at once", async () => {
  await withTuner(paper, async ({ tuner, model }) => {
    const clips = await smallClips(model, [7]), start = smallStart(tuner);
    const seen: number[] = [], controller = new AbortController();
    const error = await rejection(tuner.tune(start, clips, {
      signal: controller.signal,
      onStep(_, done) {
        seen.push(done);
        if (done === 3) controller.abort(new Error("enough"));
      },
    }));
    assert.equal(error.message, "enough");
    assert.ok(seen.length >= 3 && seen.length <= 5, `${seen}`);
    const [a, b] = await Promise.all([
      tuner.tune(start, clips, { steps: 3 }),
      tuner.tune(start, clips, { steps: 3 }),
    ]);
    assert.deepEqual(a, b);
    assert.deepEqual((await tuner.tune(start, clips, { steps: 0 })).tuning, start);
  });
});

gpuTest("a tuner that is disposed while it works gives all of its memory back", async () => {
  const device = await sharedDevice();
  using weights = new Weights(device);
  const model = await smallModel(device, weights), clips = await smallClips(model, [7]);
  const before = device.pool.bytesUsed;
  const tuner = await PromptTuner.open(model, paper);
  const running = rejection(tuner.predict(smallStart(tuner), clips));
  tuner[Symbol.dispose]();
  assert.match((await running).message, /Cannot tune: the tuner was disposed/);
  const stepping = await PromptTuner.open(model, paper);
  const stopped = rejection(
    stepping.tune(smallStart(stepping), clips, { onStep: () => stepping[Symbol.dispose]() }),
  );
  assert.match((await stopped).message, /disposed/);
  await device.settled(); // so is every read that was under way
  assert.equal(device.pool.bytesUsed, before);
});

gpuTest("a step that is not finite moves nothing and is told", async () => {
  await withTuner({ ...paper, rate: 0.9 }, async ({ tuner, model }) => {
    const clips = await smallClips(model, [7]), start = smallStart(tuner);
    const broken = { ...start, context: start.context.map((x, i) => i === 3 ? NaN : x) };
    const { steps, tuning, stopped } = await tuner.tune(broken, clips);
    assert.deepEqual([steps.length, tuning], [0, broken]);
    assert.match(stopped ?? "", /^step 1 was not finite \(loss NaN\)$/);
  });
});

gpuTest("what can't be tuned is refused, with what to do", async () => {
  const device = await sharedDevice();
  using weights = new Weights(device);
  const model = await smallModel(device, weights);
  const refused = async (settings: Partial<TuningSettings>, text = model.text) =>
    (await rejection(PromptTuner.open({ ...model, text }, { ...paper, ...settings }))).message;
  assert.match(
    await refused({}, { ...model.text, tunable: false }),
    /load it with `tunable: true`/,
  );
  assert.match(
    await refused({ contextTokens: 0 }),
    /contextTokens 0: wanted a whole number from 1/,
  );
  assert.match(await refused({ steps: -1 }), /steps -1: wanted a whole number from 0/);
  assert.match(await refused({ decay: NaN }), /decay NaN: wanted one from 0 to below 1/);
  assert.match(await refused({ seed: 0.5 }), /seed 0\.5: wanted a whole number/);
  assert.match(await refused({ rate: 0 }), /rate 0: wanted one between 0 and 1/);
  assert.match(
    await refused({ contextTokens: 15 }),
    /prompts of 22 tokens: the text tower takes 20: use fewer tuned vectors than 15/,
  );
  using tuner = await PromptTuner.open(model, paper);
  const [seven, eight] = await smallClips(model, [7, 8]);
  assert.ok(seven && eight);
  const start = smallStart(tuner);
  assert.match((await rejection(tuner.tune(start, []))).message, /on no clips/);
  assert.match(
    (await rejection(tuner.tune(start, [seven, eight]))).message,
    /clips of 4 and 5 windows at once: wanted as many in each/,
  );
  assert.match(
    (await rejection(runOfficialProtocol(tuner, start.context, [seven], [0]))).message,
    /on 1 clips with 1 labels: .* a batch of 40 at least: choose a smaller one/,
  );
});

gpuTest(
  "a clip no longer than a window is one, and long ones have a window for each frame",
  async () => {
    await withTuner(paper, async ({ tuner, model }) => {
      const [short, one, long] = await smallClips(model, [2, 4, 90]);
      assert.ok(short && one && long);
      assert.deepEqual([short.starts, short.length], [[0], 2]);
      assert.deepEqual([one.starts, one.length], [[0], 4]);
      assert.deepEqual([long.starts.length, long.starts.at(-1), long.length], [87, 86, 4]);
      const start = smallStart(tuner);
      for (const clip of [short, one, long]) {
        const [prediction] = await tuner.predict(start, [clip]);
        assert.equal(prediction?.windowEntropy.length, clip.starts.length);
        const least = Math.min(...prediction.windowEntropy);
        assert.equal(prediction.windowEntropy[prediction.start], least);
        const sum = prediction.probabilities.reduce((a, b) => a + b, 0);
        assert.ok(Math.abs(sum - 1) < 1e-6);
      }
    });
  },
);
