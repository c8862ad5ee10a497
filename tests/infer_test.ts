import assert from "node:assert/strict";
import { join } from "node:path";
import { unitLabel } from "../model/clip_au/facs.ts";
import { auPrompts } from "../model/clip_au/au_prompts.ts";
import { loadSubject } from "../tta/clip_autt/subject_file.ts";
import { runDeno } from "./fakes.ts";
import { head, infer, made, rowsOf, withModel } from "./infer_folder.ts";

Deno.test("infer tells, for people and for machines, what it saw and what adapting changed", async () => {
  await withModel(async (folder) => {
    const { code, stdout, stderr } = await infer(
      folder,
      ...["v.mkv", ...head, "--no-face-crop", "--every", "2", "--least", "0.1"],
      ...["--json", "o.json", "--csv", "o.csv", "--subject", "anna.safetensors"],
      ...["--report", "o.html", "--video", "o.mp4", "--profile"],
    );
    assert.equal(code, 0, stderr);
    const stages = [...stderr.matchAll(/^ {2}(\S.*?) +\d+ x +[\d.]+ s +[\d.]+ %$/gm)].map((
      [, name],
    ) => name);
    assert.deepEqual(stages.sort(), [
      ...["adapt", "decode, beside the others", "encode", "load", "prepare"],
      ...["waiting for frames", "write"],
    ]);
    assert.match(stderr, /^processor: \d+\.\d s on all cores together, without ffmpeg$/m);
    assert.match(
      stderr,
      /^probe: \d+ ms, [\d.]+ GFLOP\/s by broadcast and [\d.]+ by workgroup memory: .*, matmul by (panel|tile)/m,
    );
    assert.match(
      stdout,
      /^v\.mkv: 25 frames, a face in each\n {2}answer: (neutral|pain, or not)\n/,
    );
    assert.match(stdout, /\n {2}before adapting: neutral [\d.]+ %, pain, or not [\d.]+ %/);
    assert.match(stdout, /\n {2}after 10 steps: .* prompts moved by \d/);
    assert.match(stdout, /method paper, seed 1999, .*, autt \d+\.\d+\.\d+\n$/);
    const json = JSON.parse(await Deno.readTextFile(join(folder, "o.json")));
    assert.deepEqual(
      [json.schema, json.schema_version, json.frames, json.frames_with_face, json.abstained],
      ["autt.infer", 2, 25, 25, null],
    );
    assert.match(json.schedule, /^(default|[0-9a-f]{8})$/);
    assert.equal(json.windows.length, 10);
    assert.equal(json.steps.length, 10);
    assert.ok(json.after.entropy < json.before.entropy);
    const chosen = json.windows[json.after.window];
    assert.deepEqual(chosen.after, json.after.probabilities);
    assert.deepEqual(
      json.windows.map((
        { first_frame, last_frame }: Record<string, number>,
      ) => [first_frame, last_frame]),
      Array.from({ length: 10 }, (_, i) => [i, i + 15]),
    );
    assert.ok(
      json.windows.every((one: Record<string, number>) => (one.to ?? 0) - (one.from ?? 0) > 1.19),
    );
    const [heading = [], ...rows] = rowsOf(await Deno.readTextFile(join(folder, "o.csv")));
    assert.equal(rows.length, 25);
    assert.equal(heading.length, 10 + 4 + 46 + 2 + 46);
    assert.equal(heading[11], '"before_pain, or not"');
    for (const [i, row] of rows.entries()) {
      assert.equal(row.length, heading.length);
      assert.deepEqual([row[0], row[1], row[2]], [`${i}`, `${Number((0.08 * i).toFixed(6))}`, ""]);
      assert.ok(Math.abs(Number(row[10]) + Number(row[11]) - 1) < 1e-5);
    }
    const page = await Deno.readTextFile(join(folder, "o.html"));
    assert.match(page, /^<!doctype html>\n/);
    for (const part of ["Over time", "Action Units: more than usual", "Action Units: present"]) {
      assert.ok(page.includes(`<h2>${part}</h2>`), part);
    }
    assert.ok([...page.matchAll(/<svg/g)].length >= 4);
    assert.equal([...page.matchAll(/src="data:image\/jpeg;base64,/g)].length, 13);
    assert.match(page, /<th>pain, or not<\/th><td class="number">[\d.]+ %<\/td>/);
    for (const prompt of auPrompts) {
      assert.ok(page.includes(`>${unitLabel(prompt)}<`), prompt);
    }
    // It needs nothing but itself, and may load nothing.
    const addresses = [...page.matchAll(/https?:[^"' )]*/g)].map(([address]) => address);
    assert.deepEqual([...new Set(addresses)], ["http://www.w3.org/2000/svg"]);
    assert.match(page, /Content-Security-Policy" content="default-src 'none';/);
    assert.doesNotMatch(page, /<script|NaN|undefined/);
    const probed = new TextDecoder().decode(
      (await new Deno.Command("ffprobe", {
        args: [
          ...["-v", "error", "-show_entries", "stream=codec_name,width,height,nb_frames"],
          ...["-of", "csv=p=0", join(folder, "o.mp4")],
        ],
      }).output()).stdout,
    );
    assert.equal(probed.trim(), "h264,64,48,50");
    // The person goes on from there.
    const first = await loadSubject(join(folder, "anna.safetensors"));
    assert.deepEqual([first.tuning.step, first.outcomes.length], [10, 1]);
    await Deno.mkdir(join(folder, "people"));
    await Deno.rename(join(folder, "anna.safetensors"), join(folder, "people/anna.safetensors"));
    const again = await infer(
      folder,
      ...["v.mkv", ...head, "--no-face-crop", "--subject", "anna", "--json", "p.json"],
    );
    assert.ok([0, 3].includes(again.code), again.stderr);
    const second = JSON.parse(await Deno.readTextFile(join(folder, "p.json")));
    assert.equal(second.before.entropy, json.after.entropy);
    const listed = await runDeno(
      ["run", "--quiet", "--allow-read", "--allow-env", "main.ts", "subject"],
      { AUTT_SUBJECTS: join(folder, "people") },
    );
    assert.deepEqual([listed.code, listed.stdout], [0, "anna\n"]);
    assert.deepEqual(made(folder), ["o.csv", "o.html", "o.json", "o.mp4", "p.json", "people"]);
  });
});

Deno.test("infer gives no answer where there is none, and says why", async (t) => {
  await withModel(async (folder) => {
    await t.step("no face: rows with their reason, and no numbers", async () => {
      const { code, stdout, stderr } = await infer(
        folder,
        ...["v.mkv", ...head, "--json", "o.json", "--csv", "o.csv"],
      );
      assert.equal(code, 3, stderr);
      assert.match(
        stdout,
        /25 of them without the person's face\n {2}no answer: no face was seen\n/,
      );
      const json = JSON.parse(await Deno.readTextFile(join(folder, "o.json")));
      assert.deepEqual([json.after, json.abstained, json.gaps.length], [
        null,
        "no face was seen",
        25,
      ]);
      assert.deepEqual(json.gaps[1], { frame: 1, seconds: 0.08, reason: "no face" });
      const [heading = [], row = []] = rowsOf(await Deno.readTextFile(join(folder, "o.csv")));
      assert.deepEqual(row.slice(0, 4), ["0", "0", "no face", ""]);
      const told = heading.flatMap((name, i) =>
        i >= 3 && row[i] !== "" ? [`${name} ${row[i]}`] : []
      );
      assert.deepEqual(told, ["confidence 0", "success 0"]);
    });
    await t.step("a page without an answer, its name escaped", async () => {
      const name = "<b>&'\".mkv";
      await Deno.copyFile(join(folder, "v.mkv"), join(folder, name));
      const { code } = await infer(folder, name, ...head, "--report", "n.html");
      assert.equal(code, 3);
      const page = await Deno.readTextFile(join(folder, "n.html"));
      assert.match(
        page,
        /<h1>&lt;b&gt;&amp;&#39;&quot;\.mkv<\/h1>\n<p class="answer">no answer: no face was seen/,
      );
      assert.doesNotMatch(page, /<svg|<img/);
    });
    await t.step("too short", async () => {
      const { code, stdout } = await infer(
        folder,
        ...["v.mkv", ...head, "--no-face-crop", "--to", "0.1"],
      );
      assert.equal(code, 3);
      assert.match(stdout, /no answer: too short: 2 frames with a face, and 4 are the fewest/);
    });
    await t.step("too uncertain", async () => {
      const { code, stdout } = await infer(
        folder,
        ...["v.mkv", ...head, "--no-face-crop", "--no-adapt", "--least", "0.9999"],
      );
      assert.equal(code, 3);
      assert.match(
        stdout,
        /no answer: too uncertain: the likeliest class has [\d.]+ %, and 100\.0 %/,
      );
      assert.match(stdout, /\n {2}not adapted: neutral [\d.]+ %.*\n[^]*method none, seed none/);
    });
  });
});
