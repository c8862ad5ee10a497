import assert from "node:assert/strict";
import { join } from "node:path";
import { type Device, Rng } from "../engine/mod.ts";
import { auPrompts } from "../model/clip_au/au_prompts.ts";
import { Clip } from "../model/clip/clip.ts";
import { ClipAu } from "../model/clip_au/clip_au.ts";
import { centred } from "../model/clip_au/neutral.ts";
import { usualSizes } from "../model/clip_au/head_parameters.ts";
import { Tokenizer } from "../model/tokenizer/tokenizer.ts";
import { initialHead } from "../train/head_trainer.ts";
import { ClipAutt, type ClipAuttOptions } from "../tta/clip_autt/clip_autt.ts";
import { collapseWarning, type Outcome } from "../tta/clip_autt/collapse_guard.ts";
import { loadSubject, saveSubject } from "../tta/clip_autt/subject_file.ts";
import { tuningModes } from "../tta/clip_autt/tuning_settings.ts";
import { madeUpClip } from "../bench/made_up_clip.ts";
import { gpuTest, sharedDevice } from "./devices.ts";
import { rejection, runDeno } from "./fakes.ts";
import { roomyConfig } from "./small_clip.ts";
import { parseVocabulary } from "./small_vocabulary_parser.ts";

const settings = { ...tuningModes.paper, window: 4, contextTokens: 2, steps: 3 };

/** A small model that can be adapted. */
async function withModel(
  body: (model: ClipAu, device: Device) => Promise<void>,
  head = 4,
): Promise<void> {
  const device = await sharedDevice();
  using clip = (await Clip.load(device, madeUpClip(roomyConfig, 5), { tunable: true }))
    .withTokenizer(new Tokenizer(await parseVocabulary()));
  const sizes = usualSizes(roomyConfig.embedding, auPrompts.length, 2);
  using model = await ClipAu.open(device, clip, {
    parameters: initialHead(sizes, head),
    classes: ["neutral", "pain"],
    auPrompts,
  });
  await body(model, device);
}

async function withAutt(
  options: ClipAuttOptions,
  body: (autt: ClipAutt, model: ClipAu) => Promise<void>,
): Promise<void> {
  await withModel(async (model) => {
    using autt = await ClipAutt.open(model, { settings, ...options });
    await body(autt, model);
  });
}

function video(frames: number, seed: number): Float32Array<ArrayBuffer> {
  const rng = new Rng(seed);
  return Float32Array.from({ length: frames * roomyConfig.embedding }, () => rng.normal());
}

gpuTest("adapting makes the decision more certain, and tells what it changed", async () => {
  await withAutt({}, async (autt) => {
    const seen: number[] = [];
    const adaptation = await autt.adapt(video(9, 1), { onStep: (_, done) => seen.push(done) });
    const { before, after, steps, moved, warnings } = adaptation;
    assert.deepEqual([seen, steps.length, warnings], [[1, 2, 3], 3, []]);
    assert.ok(after.entropy < before.entropy, `${before.entropy} to ${after.entropy}`);
    assert.deepEqual(before, steps[0]?.predictions[0]);
    assert.ok(Math.abs((steps[0]?.loss ?? NaN) - before.entropy) < 1e-6);
    assert.ok(moved.largest > 5e-4 && moved.largest < 5e-3, `${moved.largest}`);
    assert.ok(moved.distance > moved.largest);
  });
});

gpuTest("features are made relative to a resting face as if they had been so before", async () => {
  await withAutt({}, async (autt) => {
    const own = video(1, 5), usual = video(1, 6), features = video(9, 1), given = features.slice();
    const relative = centred(features, own, usual);
    for (const tuneOn of ["window", "clip"] as const) {
      using other = await ClipAutt.open(autt.model, { settings: { ...settings, tuneOn } });
      const wanted = await other.adapt(relative);
      assert.deepEqual(await other.adapt(features, { rest: { own, usual } }), wanted);
      assert.notDeepEqual((await other.adapt(features)).after, wanted.after);
    }
    assert.deepEqual(features, given, "what was given stays");
  });
});

gpuTest("each video begins anew, or goes on where the last one of the person ended", async () => {
  await withAutt({}, async (autt) => {
    const first = await autt.adapt(video(9, 1));
    await autt.adapt(video(7, 2));
    assert.deepEqual((await autt.adapt(video(9, 1))).after, first.after);
  });
  await withAutt({ reset: "subject" }, async (autt) => {
    const first = await autt.adapt(video(9, 1));
    const second = await autt.adapt(video(9, 1));
    assert.equal(second.before.entropy, first.after.entropy);
    assert.ok(second.moved.distance > first.moved.distance);
    autt.forget();
    assert.deepEqual(await autt.adapt(video(9, 1)), first);
  });
});

gpuTest("videos given at once are taken in turn, and who is forgotten stays so", async () => {
  await withAutt({ reset: "subject" }, async (autt) => {
    await Promise.all([autt.adapt(video(9, 1)), autt.adapt(video(7, 2))]);
    const { tuning, outcomes } = autt.state;
    autt.forget();
    await autt.adapt(video(9, 1));
    await autt.adapt(video(7, 2));
    assert.deepEqual([autt.state.tuning, autt.state.outcomes], [tuning, outcomes]);
    assert.deepEqual([tuning.step, outcomes.length], [6, 2]);
    autt.forget();
    await autt.adapt(video(9, 1), { onStep: () => autt.forget() });
    assert.deepEqual([autt.state.tuning.step, autt.state.outcomes], [0, []]);
    const error = await rejection(autt.adapt(video(9, 1), { signal: AbortSignal.abort() }));
    assert.equal(error.name, "AbortError");
    assert.deepEqual([autt.state.tuning.step, autt.state.outcomes], [0, []]);
  });
});

gpuTest("a person's state that was saved goes on to the same bits", async () => {
  const folder = await Deno.makeTempDir(), path = join(folder, "anna.safetensors");
  try {
    await withAutt({ reset: "subject" }, async (autt, model) => {
      await autt.adapt(video(9, 1));
      await saveSubject(path, autt.state);
      const wanted = await autt.adapt(video(7, 2));
      using other = await ClipAutt.open(model, { settings, reset: "subject" });
      other.restore(await loadSubject(path));
      assert.deepEqual(await other.adapt(video(7, 2)), wanted);
      assert.deepEqual(other.state, autt.state);
      assert.equal(other.state.outcomes.length, 2);
      const { size } = await Deno.stat(path);
      assert.ok(size < 3 * 4 * 46 * 2 * 64 + 3000, `${size} bytes`);
    });
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

gpuTest("subject shows a person's state, and deletes that and nothing else", async () => {
  const folder = await Deno.makeTempDir(), path = join(folder, "anna.safetensors");
  const subject = (...args: string[]) =>
    runDeno(
      [
        "run",
        "--quiet",
        "--allow-read",
        "--allow-write",
        "--allow-env",
        "main.ts",
        "subject",
        ...args,
      ],
      { INIT_CWD: folder },
    );
  try {
    await withAutt({ reset: "subject" }, async (autt) => {
      await autt.adapt(video(9, 1));
      await saveSubject(path, autt.state);
    });
    const shown = await subject("anna.safetensors");
    assert.equal(shown.code, 0, shown.stderr);
    assert.match(
      shown.stdout,
      /^anna\.safetensors: tuned in mode "paper"\nmodel: CLIP [0-9a-f]{12}, /,
    );
    assert.match(shown.stdout, /46 with 2 tuned vectors of 64 numbers; 3 steps taken; 0\.\d+ away/);
    assert.match(shown.stdout, /videos: 1\n {2}1: class [01] with entropy 0\.\d{3} before/);
    const json = JSON.parse((await subject("anna.safetensors", "--json")).stdout);
    assert.deepEqual([json.step, json.shape, json.outcomes.length], [3, [46, 2, 64], 1]);
    await Deno.writeTextFile(join(folder, "diary.txt"), "not for the bin");
    const refused = await subject("./diary.txt", "--delete");
    assert.equal(refused.code, 1);
    assert.match(refused.stderr, /^error: Cannot read ".*diary\.txt"/);
    assert.equal((await subject("anna.safetensors", "--delete")).code, 0);
    assert.deepEqual([...Deno.readDirSync(folder)].map(({ name }) => name), ["diary.txt"]);
    const gone = await subject("anna.safetensors");
    assert.equal(gone.code, 1);
    assert.match(gone.stderr, /^error: .*anna\.safetensors/);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

gpuTest("a state of another model or other settings is refused, and a broken one", async () => {
  const folder = await Deno.makeTempDir(), path = join(folder, "anna.safetensors");
  try {
    await withAutt({ reset: "subject" }, async (autt, model) => {
      await autt.adapt(video(9, 1));
      await saveSubject(path, autt.state);
      using longer = await ClipAutt.open(model, {
        settings: { ...settings, rate: 2e-3, steps: 9 },
      });
      const state = await loadSubject(path);
      assert.throws(() => longer.restore(state), {
        message: /its setting "rate" is 0\.001, and 0\.002 is in use: use the same, or delete it/,
      });
      await withModel(async (other) => {
        using stranger = await ClipAutt.open(other, { settings });
        assert.throws(() => stranger.restore(state), {
          message:
            /its model is [0-9a-f]{12}\+[0-9a-f]{12}, and [0-9a-f]{12}\+[0-9a-f]{12} is in use/,
        });
      }, 9);
    });
    const bytes = await Deno.readFile(path);
    await Deno.writeFile(path, bytes.subarray(0, bytes.length - 9));
    assert.match(
      (await rejection(loadSubject(path))).message,
      /^Cannot read ".*anna\.safetensors"/,
    );
    await Deno.writeFile(path, bytes.with(bytes.length - 1, 0x7f).with(bytes.length - 2, 0xc0));
    assert.match((await rejection(loadSubject(path))).message, /numbers that are not finite/);
    const text = new TextDecoder("latin1").decode(bytes).replace("autt.subject", "auxx.subject");
    await Deno.writeFile(path, Uint8Array.from(text, (letter) => letter.charCodeAt(0)));
    assert.match((await rejection(loadSubject(path))).message, /it is no state of a subject/);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

gpuTest("what is not finite is refused, and a CLIP that can't be tuned", async () => {
  await withAutt({}, async (autt) => {
    const broken = video(9, 1);
    broken[5] = NaN;
    assert.match((await rejection(autt.adapt(broken))).message, /not all finite numbers/);
    assert.equal(autt.state.outcomes.length, 0);
  });
  const device = await sharedDevice();
  using clip = (await Clip.load(device, madeUpClip(roomyConfig, 5)))
    .withTokenizer(new Tokenizer(await parseVocabulary()));
  const sizes = usualSizes(roomyConfig.embedding, auPrompts.length, 2);
  const head = { parameters: initialHead(sizes, 4), classes: ["neutral", "pain"], auPrompts };
  using model = await ClipAu.open(device, clip, head);
  assert.match((await rejection(ClipAutt.open(model))).message, /load it with `tunable: true`/);
});

/** An outcome by its classes and entropies. */
const outcome = (from: number, to: number, before: number, after: number): Outcome => ({
  classBefore: from,
  classAfter: to,
  entropyBefore: before,
  entropyAfter: after,
});

Deno.test("a collapse is told where it looks like one, and not of a person who is neutral", () => {
  const names = ["neutral", "pain"];
  const turned = [0, 1, 0, 1].map((from) => outcome(from, 1, 0.6, 0.01));
  assert.match(
    collapseWarning(turned, names) ?? "",
    /^the last 4 clips all end in "pain", though 2 of them were of another class before: adapting/,
  );
  const surer = [0.6, 0.3, 0.05, 0.01, 0.001, 1e-4].map((h) => outcome(0, 0, h, h / 10));
  assert.match(
    collapseWarning(surer, names) ?? "",
    /^the last 6 clips all end in "neutral", ever more/,
  );
  const neutral = [0.6, 0.5, 0.6, 0.55].map((h) => outcome(0, 0, h, h / 10));
  assert.equal(collapseWarning(neutral, names), undefined);
  assert.equal(collapseWarning(turned.slice(1), names), undefined, "too few");
  assert.equal(collapseWarning([...turned, outcome(0, 0, 0.6, 0.01)], names), undefined);
  assert.equal(collapseWarning([outcome(0, 1, NaN, 0.01), ...turned.slice(1)], names), undefined);
  const drifted = [...neutral, ...turned, ...turned];
  assert.match(collapseWarning(drifted, names) ?? "", /^the last 8 clips all end in "pain"/);
  const once = [0, 1, 1, 1].map((from) => outcome(from, 1, 0.5, 0.1));
  assert.equal(collapseWarning(once, names), undefined, "one of four turned");
  const mild = turned.map((one) => ({ ...one, entropyAfter: 0.5 }));
  assert.equal(collapseWarning(mild, names), undefined, "hardly more certain");
  assert.equal(collapseWarning([], names), undefined);
});
