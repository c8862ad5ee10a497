import assert from "node:assert/strict";
import { join } from "node:path";
import { knownAmong } from "../model/clip_au/known_people.ts";
import { loadHead } from "../model/clip_au/load_head.ts";
import { commandsIn, labelRows, runEval, withFaces, writeLabels } from "./eval_folder.ts";
import { made } from "./made_up_faces.ts";

Deno.test("train --folds tests everyone once, learns from everyone, and writes a model card", async (t) => {
  await withFaces(async (folder) => {
    const commands = commandsIn(folder);
    const run = (command: string, ...args: string[]) => commands(command, ...args, "--model", ".");
    const groups = labelRows().map((row, i) =>
      `${row},${Math.floor(i / made.videos) % 2 === 0 ? "ward A" : "ward | B"}`
    );
    await writeLabels(folder, "groups.csv", ["subject,video,label,task,group", ...groups]);
    const common = [
      ...["groups.csv", "--features", "features", "--stride", "1", "--frames", "8"],
      ...["--classes", "neutral,open", "--epochs", "3", "--centred", "1", "--held-out", "0.25"],
    ];
    const everyone = Array.from({ length: made.people }, (_, i) => `person-${i}`);
    const readCard = (name: string) => Deno.readTextFile(join(folder, `${name}.card.md`));

    await t.step("two seeds of four folds", async () => {
      const out = ["--out", "folds.safetensors"];
      const { code, stdout, stderr } = await run(
        "train",
        ...[...common, ...out, "--folds", "4", "--seeds", "2"],
      );
      assert.equal(code, 0, stderr);
      assert.match(stderr, /48 videos of 8 people to learn from\n/);
      assert.match(stderr, /4 folds over 8 people, 2 seeds from 1999 on: each is tested by a head/);
      const score = String.raw`[\d.]+ % \([\d.]+ to [\d.]+\)`;
      const line =
        `: WAR ${score}, UAR ${score}, F1 ${score}; UAR of one seed: [\\d.]+ to [\\d.]+\n`;
      assert.match(stdout, new RegExp(`^people held out, enrolled by 1 video${line}`, "m"));
      assert.match(stdout, new RegExp(`^people held out, rest found unasked${line}`, "m"));
      const [, epochs] =
        /folds\.safetensors: learned from everyone, for (\d+) epochs?/.exec(stdout) ??
          [];
      const { training } = await loadHead(join(folder, "folds.safetensors"));
      assert.deepEqual(
        [training?.folds, training?.people, training?.videos, `${training?.epoch}`],
        [4, made.people, made.people * made.videos, epochs],
      );
      assert.ok(training?.known);
      assert.deepEqual(await knownAmong(training.known, [...everyone, "nobody"]), everyone);
    });
    await t.step("its card names people, settings, scores and groups", async () => {
      const card = await readCard("folds");
      assert.match(card, /^# Model card: folds\.safetensors\n/);
      assert.match(
        card,
        /\| learned from \| 8 people, 48 videos \(24 neutral, 24 open\); plain, gr/,
      );
      assert.match(card, /\| epoch \| \d, the median of what 4 folds chose \|/);
      assert.match(card, /\| pictures \| whole pictures \(24 x 24\) \|/);
      assert.match(card, /`autt train groups\.csv .*--folds 4 --seeds 2 --model \.`/);
      assert.match(card, /\| people held out, enrolled by 1 video \| 8 \| 40 \| [\d.]+ % \(/);
      assert.match(card, /\| ward A \| people held out, enrolled by 1 video \| 4 \| 20 \|/);
      assert.match(card, /\| ward \\\| B \| people held out, rest found unasked \| 4 \| 20 \|/);
      assert.match(card, /trained alike on other people: this one learned from everyone\.\n/);
      assert.match(
        card,
        /\| settings \| at most 3 epochs, .*, 8 frames a clip, one of every 1, rate/,
      );
      assert.match(card, /## What it is not for\n/);
      assert.doesNotMatch(card, /undefined|NaN|person-/);
    });
    await t.step("infer names the card that is beside a head, and no other", async () => {
      const args = ["person-0/video-1", "--no-face-crop", "--least", "0", "--method", "rest"];
      const { code, stderr } = await run("infer", ...args, "--head", "folds.safetensors");
      assert.equal(code, 0, stderr);
      assert.match(stderr, /^whom the head was trained on, and .*: folds\.card\.md$/m);
      const other = await run("infer", ...args.slice(0, 4), "--head", "head.safetensors");
      assert.equal(other.code, 0, other.stderr);
      assert.doesNotMatch(other.stderr, /card\.md/);
    });
    await t.step("eval refuses people that the head knows, or marks them", async () => {
      const args = ["--labels", "labels.csv", "--head", "folds.safetensors"];
      const some = ["--targets", "person-1,person-5", "--method", "rest,zero-shot"];
      const refused = await runEval(folder, ...args, ...some);
      assert.equal(refused.code, 2);
      assert.match(
        refused.stderr,
        /^error: Cannot evaluate this head on 2 of 2 people \(person-1, person-5\) from whom it learned or by whom it was chosen: .*--allow-overlap$/m,
      );
      const without = await runEval(folder, ...args, ...some.slice(0, 3), "zero-shot", "--check");
      assert.equal(without.code, 0, "methods without a head know nobody");
      const marked = await runEval(folder, ...args, ...some, "--allow-overlap");
      assert.equal(marked.code, 0, marked.stderr);
      assert.match(marked.stdout, /! the head is tested on 2 of 2 people \(person-1, person-5\)/);
      const { known_to_head } = JSON.parse(
        await Deno.readTextFile(join(folder, "eval", "results.json")),
      );
      assert.deepEqual(known_to_head, ["person-1", "person-5"]);
    });
    await t.step("people kept for the report are strangers to the head", async () => {
      const { code, stdout, stderr } = await run(
        "train",
        ...[...common, "--out", "three.safetensors", "--reported", "0.25", "--plain"],
      );
      assert.equal(code, 0, stderr);
      const [, ...kept] = /kept for the report, of (person-\d), (person-\d)/.exec(stderr) ?? [];
      assert.match(stdout, /on 10 videos of 2 others, who chose nothing: WAR/);
      const known = (await loadHead(join(folder, "three.safetensors"))).training?.known;
      assert.ok(known);
      const others = everyone.filter((name) => !kept.includes(name));
      assert.deepEqual(await knownAmong(known, everyone), others);
      const card = await readCard("three");
      assert.match(card, /\| those who chose the epoch, which flatters \| 2 \| 10 \|/);
      assert.match(card, /\| others, who chose nothing, rest found unasked \| 2 \| 10 \|/);
      assert.match(card, /\| epoch \| \d, chosen by 2 people, 12 videos/);
    });
    await t.step("what doesn't go together is told", async () => {
      for (
        const [args, wanted] of [
          [["--folds", "1"], /--folds 1: wanted a whole number from 2 on/],
          [["--seeds", "2"], /Cannot use --seeds without --folds/],
          [["--folds", "9"], /Cannot cross-validate 8 people in 9 folds: wanted a person for each/],
          [["--folds", "3", "--reported", "0.2"], /Cannot use --reported with --folds/],
        ] as const
      ) {
        const { code, stderr } = await run("train", ...common, ...args);
        assert.equal(code, 2, stderr);
        assert.match(stderr, wanted);
      }
    });
  });
});
