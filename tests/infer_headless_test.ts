import assert from "node:assert/strict";
import { join } from "node:path";
import { auPrompts } from "../model/clip_au/au_prompts.ts";
import { unitLabel } from "../model/clip_au/facs.ts";
import { methods } from "../tta/methods/mod.ts";
import { loadSubject } from "../tta/clip_autt/subject_file.ts";
import { loadSourcePeople, saveSourcePeople } from "../tta/tta_cap/source_cache_file.ts";
import { demoSources } from "../demo/model.ts";
import { runDeno } from "./fakes.ts";
import { head, infer, made, rowsOf, withModel } from "./infer_folder.ts";

const faces = ["--no-face-crop", "--least", "0", "--to", "1"];
const named = ["--classes", "calm, in pain"];

const readJson = async (folder: string, name: string) =>
  JSON.parse(await Deno.readTextFile(join(folder, name)));

Deno.test("infer decides without a head by methods that need none, and tells it in every output", async () => {
  await withModel(async (folder) => {
    const { code, stdout, stderr } = await infer(
      folder,
      ...["v.mkv", "--method", "tda", ...named, ...faces],
      ...["--json", "o.json", "--csv", "o.csv", "--report", "o.html", "--video", "o.mp4"],
    );
    assert.equal(code, 0, stderr);
    assert.doesNotMatch(stderr, /No enrolment for this person/);
    assert.match(stdout, /\n {2}before adapting \(zero-shot\): calm [\d.]+ %, in pain [\d.]+ %/);
    assert.match(
      stdout,
      /\n {2}after adapting: calm [\d.]+ %, in pain [\d.]+ % \(entropy [\d.]+\)\n/,
    );
    const units = /\n {2}decided on all frames from 0\.00 s to 0\.96 s, at its strongest: (.*)\n/
      .exec(stdout)?.[1]?.split("), ") ?? [];
    assert.equal(units.length, 3, stdout);
    assert.match(stdout, /, no head, method tda, .*, autt \d+\.\d+\.\d+\n$/);
    const json = await readJson(folder, "o.json");
    assert.deepEqual(Object.keys(json.model), ["clip", "head", "classes", "trained"]);
    assert.deepEqual([json.model.head, json.model.classes], [null, ["calm", "in pain"]]);
    assert.deepEqual(json.method, {
      mode: "tda",
      positive: { capacity: 3, share: 2, sharpness: 5 },
      negative: { capacity: 2, share: 0.117, sharpness: 1 },
      ambiguous: [0.2, 0.5],
      denied: [0.03, 1],
    });
    assert.deepEqual([json.enrolment, json.moved, json.steps, json.warnings], [null, null, [], []]);
    assert.equal(json.frames_with_face, 13);
    const [window, ...others] = json.windows;
    assert.deepEqual(others, []);
    assert.deepEqual([window.first_frame, window.last_frame, json.after.window], [0, 12, 0]);
    for (const when of ["before", "after"] as const) {
      const { probabilities, entropy } = json[when];
      assert.deepEqual([window[when], window[`entropy_${when}`]], [probabilities, entropy]);
      const shares = Object.values<number>(probabilities);
      assert.ok(Math.abs(shares.reduce((sum, p) => sum + p, 0) - 1) < 1e-5);
      const own = -shares.reduce((sum, p) => sum + p * Math.log(p), 0);
      assert.ok(Math.abs(own - entropy) < 1e-4, `${own} for ${entropy}`);
    }
    // The clip's own entry in the cache speaks for the class that it was taken under.
    assert.equal(json.after.class, json.before.class);
    assert.ok(json.after.entropy < json.before.entropy);
    const [heading = [], ...rows] = rowsOf(await Deno.readTextFile(join(folder, "o.csv")));
    assert.deepEqual([heading.length, rows.length], [10 + 4 + 46 + 2 + 46, 13]);
    assert.ok(rows.every((row) => row.length === heading.length && row.at(-1) !== ""));
    const risen = auPrompts.map((prompt, unit) => {
      const frames = rows.map((row) => Number(row[14 + unit]));
      const most = Math.max(...frames), mean = frames.reduce((sum, x) => sum + x, 0) / 13;
      const seconds = Number(rows[frames.indexOf(most)]?.[1]).toFixed(2);
      return { prompt, above: most - mean, seconds };
    }).sort((a, b) => b.above - a.above).slice(0, 3);
    assert.deepEqual(
      units.map((unit) => unit.replace(/ \(\+[\d.]+ at ([\d.]+) s\)?$/, " at $1")),
      risen.map(({ prompt, seconds }) => `${unitLabel(prompt)} at ${seconds}`),
    );
    const page = await Deno.readTextFile(join(folder, "o.html"));
    assert.doesNotMatch(page, /<h2>Over time/);
    assert.match(page, /<h2>Action Units: present<\/h2>\n<figure><svg/);
    assert.match(page, /<th>before<\/th><th>after<\/th>/);
    assert.match(page, /no head · method tda · /);
    assert.doesNotMatch(page.replaceAll(/base64,[^"]*/g, ""), /<script|NaN|undefined/);
    assert.ok((await Deno.stat(join(folder, "o.mp4"))).size > 1000);
    const plain = await infer(
      folder,
      ...["v.mkv", "--method", "zero-shot", ...head, ...faces, "--json", "z.json"],
      ...["--report", "z.html"],
    );
    assert.equal(plain.code, 0, plain.stderr);
    assert.match(plain.stdout, /\n {2}not adapted: neutral [\d.]+ %, pain, or not [\d.]+ %/);
    const { model, method, before, after } = await readJson(folder, "z.json");
    assert.deepEqual([model.head, model.classes], [null, ["neutral", "pain, or not"]]);
    assert.deepEqual([method, before], [{ mode: "zero-shot" }, after]);
    const only = await Deno.readTextFile(join(folder, "z.html"));
    assert.match(only, /<h2>Decided on all frames, without adapting<\/h2>/);
    assert.doesNotMatch(only, /<th>before<\/th>/);
  });
});

Deno.test("--method window is what --no-adapt decides, under its own name", async () => {
  await withModel(async (folder) => {
    const common = ["v.mkv", ...head, "--no-face-crop", "--least", "0"];
    for (const [name, ...args] of [["a", "--no-adapt"], ["b", "--method", "window"]] as const) {
      const { code, stderr } = await infer(folder, ...common, ...args, "--json", `${name}.json`);
      assert.equal(code, 0, stderr);
    }
    const { method: none, ...plain } = await readJson(folder, "a.json");
    const { method, ...window } = await readJson(folder, "b.json");
    assert.deepEqual([none, method], ["none", { mode: "window", window: 16 }]);
    assert.deepEqual(window, plain);
    assert.equal(window.windows.length, 10);
  });
});

Deno.test("infer --help has a line for each method, and marks those that take no head", async () => {
  const { code, stdout } = await runDeno(["run", "--quiet", "main.ts", "infer", "--help"]);
  assert.equal(code, 0);
  const lines = [...stdout.matchAll(/^ {22}(\S+) +(\S.*)$/gm)].map(([, ...words]) => words);
  assert.deepEqual(
    lines,
    methods.map(({ name, about, needs }) => [needs.includes("head") ? name : `${name}*`, about]),
  );
});

Deno.test("infer says what a method lacks, each in its sentence", async (t) => {
  await withModel(async (folder) => {
    const refuse = async (name: string, code: number, wanted: RegExp, ...args: string[]) => {
      await t.step(name, async () => {
        const result = await infer(folder, "v.mkv", ...args, "--json", "o.json");
        assert.equal(result.code, code, result.stderr);
        const said = result.stderr.trim().split("\n")
          .filter((line) => !line.startsWith("adapter:"));
        assert.equal(said.length, 1, result.stderr);
        assert.match(said[0] ?? "", wanted);
        assert.equal(result.stdout, "");
        assert.ok(!made(folder).includes("o.json"));
      });
    };
    const all = methods.map(({ name }) => name).join(", ");
    await refuse(
      "no such method",
      2,
      new RegExp(`^error: Cannot decide by "tta": the methods are ${all}$`),
      ...["--method", "tta"],
    );
    for (const method of ["clip-au", "window", "official"]) {
      await refuse(
        `${method} without a head`,
        2,
        /Cannot decide without a head: train one/,
        ...["--method", method, ...named],
      );
    }
    await refuse(
      "no classes",
      2,
      /^error: Cannot decide by "tpt" without classes: name them with --classes A,B, or a head that has them with --head$/,
      ...["--method", "tpt"],
    );
    for (const names of ["calm", "pain,pain", "pain,", ""]) {
      await refuse(
        `the classes "${names}"`,
        2,
        /Cannot decide between the classes ".*": wanted two names at least, each another/,
        ...["--method", "zero-shot", "--classes", names],
      );
    }
    await refuse(
      "names that a head has not room for",
      1,
      /it decides between 2 classes \(neutral, pain, or not\): got 3 names; give as many/,
      ...["--method", "zero-shot", ...head, "--classes", "a,b,c"],
    );
    await refuse(
      "nobody to learn from",
      2,
      /^error: Cannot decide by "tta-cap-v1" without people to learn from: make a file of them with `\.\/autt train LABELS --sources FILE`, and name it with --sources$/,
      ...["--method", "tta-cap-v1", ...named],
    );
    await refuse(
      "people for a method that learns from none",
      2,
      /Cannot use --sources with "tda": it learns from no other people/,
      ...["--method", "tda", ...named, "--sources", "s"],
    );
    await refuse(
      "a file that is not there",
      1,
      /s\.safetensors/,
      ...["--method", "tta-cap", ...named, "--sources", "s.safetensors"],
    );
    await refuse(
      "a head in place of people",
      1,
      /Cannot read the source people ".*head\.safetensors": it holds none: make one anew with/,
      ...["--method", "tta-cap", ...named, "--sources", "head.safetensors"],
    );
    await refuse(
      "people of another CLIP",
      1,
      /Cannot use the source people ".*" with this ViT .*: their features are of ViT 128x4\/16@96 \(/,
      ...["--method", "tta-cap", "--sources", demoSources],
    );
    for (const method of ["tpt", "tda", "tta-cap"]) {
      await refuse(
        `${method} without adapting`,
        2,
        /without adapting: leave out --no-adapt, or choose --method zero-shot$/,
        ...["--method", method, "--no-adapt", ...named],
      );
    }
  });
});

Deno.test("a method that keeps nothing says so of --subject, and leaves what is known alone", async () => {
  await withModel(async (folder) => {
    const subject = ["--subject", "anna"], state = join(folder, "people/anna.safetensors");
    for (const method of ["clip-au", "window", "zero-shot"]) {
      const { code, stderr } = await infer(
        folder,
        ...["v.mkv", ...head, ...faces, ...subject, "--method", method],
      );
      assert.equal(code, 0, stderr);
      assert.match(
        stderr,
        new RegExp(
          `^"${method}" begins anew with each video: nothing that it learns of anna is kept$`,
          "m",
        ),
      );
      assert.deepEqual(made(folder), []);
    }
    const paper = ["v.mkv", ...head, ...faces, ...subject];
    const tuned = await infer(folder, ...paper);
    assert.equal(tuned.code, 0, tuned.stderr);
    assert.doesNotMatch(tuned.stderr, /begins anew/);
    const before = await Deno.readFile(state);
    assert.equal((await loadSubject(state)).outcomes.length, 1);
    const { code } = await infer(folder, ...paper, "--method", "window");
    assert.equal(code, 0);
    assert.deepEqual(await Deno.readFile(state), before);
  });
});

Deno.test("each method reads the bundled sample by its name alone", async (t) => {
  const allow = ["--allow-read", "--allow-write", "--allow-env", "--allow-run=ffmpeg"];
  const folder = await Deno.makeTempDir();
  try {
    // The others go the same ways as these: tests/infer_methods_test.ts has all of them.
    for (const name of ["zero-shot", "tta-cap", "clip-au"]) {
      await t.step(name, async () => {
        const { code, stdout, stderr } = await runDeno(
          [
            ...["run", "--quiet", ...allow, "main.ts", "infer", "--method", name],
            ...["--every", "4", "--json", join(folder, `${name}.json`)],
          ],
          { AUTT_MODELS: join(folder, "none"), HF_HUB_CACHE: join(folder, "none") },
        );
        assert.equal(code, 0, stderr);
        assert.match(stdout, /^a drawn face: 10 frames, a face in each\n {2}answer: pain\n/);
        const told = name === "tta-cap" ? `${name} with 66 people` : name;
        assert.ok(stdout.includes(`, method ${told}, `), stdout);
      });
    }
    const { model, method } = await readJson(folder, "tta-cap.json");
    assert.deepEqual(model.sources, { path: "the demo's people", people: 66 });
    assert.deepEqual([method.mode, method.version, method.sources.version], [
      "tta-cap",
      "v2",
      "v2",
    ]);
    const { model: { head: used } } = await readJson(folder, "clip-au.json");
    assert.equal(used.path, "the demo's head");
    const path = join(folder, "s.safetensors");
    const people = await loadSourcePeople(demoSources);
    await saveSourcePeople(path, { ...people, classes: ["calm", "pain"] });
    const { code, stderr } = await runDeno(
      [
        ...["run", "--quiet", ...allow, "main.ts", "infer", "--method", "tta-cap"],
        ...["--sources", path],
      ],
    );
    assert.equal(code, 1, stderr);
    assert.match(stderr, /to decide between neutral and pain: they show calm and pain: name the/);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
