import assert from "node:assert/strict";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { auPrompts } from "../model/clip_au/au_prompts.ts";
import { runDeno } from "./fakes.ts";
import { head, infer, made, rowsOf, withModel } from "./infer_folder.ts";

const faces = ["--no-face-crop", "--to", "1"];
const readJson = async (folder: string, name: string) =>
  JSON.parse(await Deno.readTextFile(join(folder, name)));

Deno.test("without a head infer tells what the face does, and claims no expression", async () => {
  await withModel(async (folder) => {
    const { code, stdout, stderr } = await infer(
      folder,
      ...["v.mkv", ...faces, "--json", "o.json", "--csv", "o.csv"],
      ...["--report", "o.html", "--video", "o.mp4"],
    );
    assert.equal(code, 0, stderr);
    assert.match(
      stderr,
      /No enrolment for this person; its Action Units are compared with their mean/,
    );
    assert.match(
      stdout,
      /^v\.mkv: 13 frames, a face in each\n {2}no head: no expression is claimed\n/,
    );
    assert.match(stdout, /\n {2}more than usual \(against the mean of this video\):/);
    assert.match(stdout, /, no head, method observe, .*, autt \d+\.\d+\.\d+\n$/);
    assert.doesNotMatch(stdout, /answer:|entropy/);
    const json = await readJson(folder, "o.json");
    assert.deepEqual([json.before, json.after, json.abstained], [null, null, null]);
    assert.deepEqual([json.model.head, json.model.classes, json.method], [null, [], {
      mode: "observe",
    }]);
    const { usual, units, events } = json.action_units;
    assert.equal(usual, "mean of the video");
    assert.deepEqual(units.map(({ prompt }: { prompt: string }) => prompt), [...auPrompts]);
    assert.deepEqual([units[2].code, units[2].name], ["AU4", "brow lowered"]);
    for (const unit of units) {
      assert.ok(Math.abs(unit.mean_more_than_usual - unit.usual / 2) < 2e-6);
      assert.ok(Math.abs(unit.mean_present - unit.usual) < 2e-6);
    }
    for (const { onset, apex, offset } of events) assert.ok(onset <= apex && apex <= offset);
    const [heading = [], ...rows] = rowsOf(await Deno.readTextFile(join(folder, "o.csv")));
    assert.equal(rows.length, 13);
    const cell = (row: readonly string[], name: string) => Number(row[heading.indexOf(name)]);
    for (const row of rows) {
      assert.deepEqual([cell(row, "confidence"), cell(row, "success")], [1, 1]);
      const more = cell(row, "nose_wrinkled") - units[6].usual / 2;
      assert.ok(Math.abs(cell(row, "AU09_more") - more) < 2e-6);
    }
    const page = await Deno.readTextFile(join(folder, "o.html"));
    assert.match(page, /<p class="answer">no head: no expression is claimed<\/p>/);
    assert.match(page, /<h2>Action Units: more than usual<\/h2>/);
    assert.doesNotMatch(page.replaceAll(/base64,[^"]*/g, ""), /<script|NaN|undefined/);
    assert.ok((await Deno.stat(join(folder, "o.mp4"))).size > 1000);
  });
});

Deno.test("an enrolled resting face is what more than usual compares with, in any decision too", async () => {
  await withModel(async (folder) => {
    const run = (...args: string[]) =>
      runDeno(
        ["run", "--quiet", "--allow-read", "--allow-write", "--allow-env", "--allow-run=ffmpeg"]
          .concat("main.ts", ...args),
        { INIT_CWD: folder, AUTT_SUBJECTS: join(folder, "people") },
      );
    const enrolled = await run(
      ...["enroll", "v.mkv", "--subject", "sam", "--model", ".", "--no-face-crop", "--to", "0.4"],
    );
    assert.equal(enrolled.code, 0, enrolled.stderr);
    const observed = await infer(
      ...[folder, "v.mkv", ...faces, "--subject", "sam", "--json", "o.json"] as const,
    );
    assert.equal(observed.code, 0, observed.stderr);
    assert.doesNotMatch(observed.stderr, /No enrolment|begins anew/);
    assert.match(observed.stdout, /more than usual \(against the enrolled resting face\)/);
    const { action_units, enrolment } = await readJson(folder, "o.json");
    assert.equal(action_units.usual, "enrolled resting face");
    assert.equal(enrolment.videos, 1);
    const { mean_present, usual } = action_units.units[0];
    assert.notEqual(mean_present, usual);
    assert.deepEqual(made(folder).filter((name) => name.startsWith("people/sam.safe")), []);
    // A head that was not trained with resting faces decides without it, and reads units with it.
    const decided = await infer(
      ...[folder, "v.mkv", ...head, ...faces, "--least", "0", "--no-adapt"] as const,
      ...["--subject", "sam", "--json", "d.json"],
    );
    assert.equal(decided.code, 0, decided.stderr);
    assert.match(decided.stderr, /sam's resting face is used for Action Units alone/);
    assert.deepEqual((await readJson(folder, "d.json")).action_units.units, action_units.units);
  });
});

Deno.test("--observe decides nothing even with a head; classes alone are decided before and after adapting", async () => {
  await withModel(async (folder) => {
    const observed = await infer(folder, "v.mkv", ...head, ...faces, "--observe");
    assert.equal(observed.code, 0, observed.stderr);
    assert.match(observed.stdout, /no head: no expression is claimed/);
    const both = await infer(folder, "v.mkv", ...head, ...faces, "--observe", "--method", "paper");
    assert.equal(both.code, 2);
    assert.match(both.stderr, /Cannot both observe and decide by "paper": leave one of them out/);
    const named = await infer(
      ...[folder, "v.mkv", ...faces, "--least", "0", "--classes", "calm,in pain"] as const,
    );
    assert.equal(named.code, 0, named.stderr);
    assert.match(named.stdout, /\n {2}before adapting \(zero-shot\): calm [\d.]+ %, in pain/);
    assert.match(named.stdout, /method tpt/);
    const plain = await infer(
      ...[folder, "v.mkv", ...faces, "--least", "0", "--classes", "calm,in pain"] as const,
      "--no-adapt",
    );
    assert.match(plain.stdout, /not adapted: calm .*method zero-shot/s);
    for (const { stdout } of [named, plain]) assert.match(stdout, /\n {2}zero-shot, not trained: /);
    const preset = await infer(
      ...[
        folder,
        "v.mkv",
        ...faces,
        "--least",
        "0",
        "--classes",
        "basic",
        "--json",
        "p.json",
      ] as const,
    );
    assert.equal(preset.code, 0, preset.stderr);
    const { model } = await readJson(folder, "p.json");
    assert.deepEqual([model.classes.length, model.classes[1], model.trained], [
      7,
      "happiness",
      false,
    ]);
    const trained = await infer(
      ...[
        folder,
        "v.mkv",
        ...head,
        ...faces,
        "--least",
        "0",
        "--no-adapt",
        "--json",
        "t.json",
      ] as const,
    );
    assert.doesNotMatch(trained.stdout, /zero-shot/);
    assert.equal((await readJson(folder, "t.json")).model.trained, true);
  });
});

Deno.test("nobody in the video is no observation: exit code 3", async () => {
  await withModel(async (folder) => {
    const { code, stdout } = await infer(folder, "v.mkv", "--to", "0.4");
    assert.equal(code, 3);
    assert.match(stdout, /no answer: no face was seen/);
  });
});

Deno.test("the demo's video shows its units: what is drawn in it is told", async () => {
  const sample = fileURLToPath(new URL("../demo/sample/pain.mp4", import.meta.url));
  const { code, stdout } = await runDeno(
    ["run", "--quiet", "--allow-read", "--allow-env", "--allow-run=ffmpeg", "main.ts", "infer"]
      .concat(sample, "--model", "demo", "--observe"),
  );
  assert.equal(code, 0);
  // Two of the three units in which this person is drawn to show pain most.
  assert.match(stdout, /AU4 brow lowered, AU9 nose wrinkled/);
});
