import assert from "node:assert/strict";
import { join } from "node:path";
import { designs } from "../demo/people/design.ts";
import { type DrawnPeople, listDrawnClips } from "../app/eval/drawn_dataset.ts";
import { runDrawn } from "./eval_folder.ts";

const few: DrawnPeople = {
  ...{ design: "style", seed: 1, targets: 3, targetClips: 8, sources: 12, sourceClips: 8 },
};

Deno.test("drawn clips' names and their order say nothing of the label", () => {
  const { train, held } = listDrawnClips({ ...few, sources: 77, sourceClips: 20 });
  const all = [...train, ...held];
  assert.equal(new Set(all.map(({ id }) => id)).size, 77 * 20 + 3 * 8);
  assert.equal(all.filter(({ label }) => label === 1).length, all.length / 2);
  for (const { id, subject } of all) {
    assert.match(id, new RegExp(`^${subject}/[0-9a-f]{8}$`));
    assert.match(subject, /^(source|target)-\d\d$/);
  }
  // Neither the place among the person's clips nor the name's last digit tells it apart from chance.
  const places = Map.groupBy(train, ({ subject }) => subject).values().toArray();
  for (let place = 0; place < 20; place++) {
    const ofPain = places.filter((clips) => clips[place]?.label === 1).length;
    assert.ok(ofPain > 77 * 0.25 && ofPain < 77 * 0.75, `${ofPain} of 77 at place ${place}`);
  }
  const even = train.filter(({ id }) => parseInt(id.slice(-1), 16) % 2 === 0);
  const share = even.filter(({ label }) => label === 1).length / even.length;
  assert.ok(Math.abs(share - 0.5) < 0.06, `${share}`);
});

Deno.test("drawn targets are others for each seed, sources the same; shift has style's", () => {
  const ids = (more: Partial<DrawnPeople>) => {
    const { train, held } = listDrawnClips({ ...few, ...more });
    return { train: train.map(({ id }) => id), held: held.map(({ id }) => id) };
  };
  const one = ids({}), two = ids({ seed: 2 });
  assert.deepEqual(two.train, one.train);
  assert.ok(two.held.every((id) => !one.held.includes(id)));
  assert.deepEqual(ids({ design: "shift" }).train, one.train);
  assert.deepEqual(Object.keys(designs).sort(), ["laboratory", "mild", "shift", "style"]);
});

Deno.test("eval draws people, decides on them and gives the same table again", async (t) => {
  const folder = await Deno.makeTempDir();
  try {
    const args = ["--people", "2", "--clips", "2", "--features", "drawn", "--resamples", "50"];
    const methods = ["--method", "zero-shot,clip-au,window"];
    const first = await runDrawn(folder, ...args, ...methods, "--out", "one");
    assert.equal(first.code, 0, first.stderr);
    assert.match(first.stderr, /sources: 8 people, 16 clips \(8 neutral, 8 pain\)/);
    assert.match(first.stdout, /^4 clips of 2 people/);
    const seen = () =>
      [...Deno.readDirSync(join(folder, "drawn"))].map(({ name }) =>
        `${name} ${Deno.statSync(join(folder, "drawn", name)).mtime?.getTime()}`
      ).sort();
    const kept = seen();
    assert.equal(kept.length, 10);
    await t.step("on a second run, from kept features", async () => {
      const second = await runDrawn(folder, ...args, ...methods, "--out", "two");
      assert.equal(second.stdout, first.stdout);
      assert.deepEqual(seen(), kept);
      for (const name of ["results.json", "decisions.csv", "results.csv"]) {
        assert.equal(
          await Deno.readTextFile(join(folder, "two", name)),
          await Deno.readTextFile(join(folder, "one", name)),
          name,
        );
      }
    });
    for (
      const [what, args, wanted] of [
        ["labels", ["--labels", "a.csv"], /drawn people with --labels: it is for labels and files/],
        [
          "another design",
          ["--design", "wild"],
          /"wild": the designs are mild, style, shift, laboratory/,
        ],
        ["one clip", ["--clips", "1"], /--clips 1: wanted a whole number from 2 on/],
        ["drawn people of a kind", ["--dataset", "plain", "--people", "3"], /--people: it is for/],
      ] as const
    ) {
      await t.step(`refuses ${what}`, async () => {
        const { code, stderr } = await runDrawn(folder, ...args);
        assert.deepEqual([code, wanted.test(stderr)], [2, true], stderr);
      });
    }
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
