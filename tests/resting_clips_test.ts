import assert from "node:assert/strict";
import type { DatasetClip } from "../data/dataset.ts";
import { datasetKinds } from "../data/datasets/mod.ts";
import { restingTasks, setRestingAside } from "../data/resting_clips.ts";

const kindNamed = (name: string) =>
  datasetKinds.find((kind) => kind.name === name) ?? assert.fail();

/** The clips of a label file's lines, and what is set aside of them. */
function setAside(name: string, lines: readonly string[], count: number) {
  const kind = kindNamed(name),
    { clips, faults } = kind.read(lines.join("\n") + "\n", kind.classes);
  assert.deepEqual(faults, []);
  const { resting, tested } = setRestingAside(clips, kind.resting ?? assert.fail(), count);
  const ids = (some: readonly DatasetClip[]) => some.map(({ id }) => id.split("/").at(-1));
  return {
    resting: Object.fromEntries([...resting].map(([subject, own]) => [subject, ids(own)])),
    tested: ids(tested),
  };
}

Deno.test("BioVid: the first BL1 clips enroll, the others and PA4 are tested on", () => {
  const lines = [..."9132"].flatMap((n) => [
    `data/081014_w_27/081014_w_27-BL1-00${n}/image1.jpg 0`,
    `data/081014_w_27/081014_w_27-PA4-00${n}/image1.jpg 1`,
  ]);
  const { resting, tested } = setAside("biovid", lines, 3);
  assert.deepEqual(resting, {
    "081014_w_27": [1, 2, 3].map((n) => `081014_w_27-BL1-00${n}`),
  });
  assert.deepEqual(tested.sort(), [
    "081014_w_27-BL1-009",
    ...[1, 2, 3, 9].map((n) => `081014_w_27-PA4-00${n}`),
  ]);
});

Deno.test("StressID: Breathing and Relax enroll, and are not tested on though fewer would do", () => {
  const lines = [
    "subject/task,binary-stress,affect3-class",
    ...["Breathing,0,0", "Relax,0,0", "Stroop,1,1", "Video1,0,0"].map((rest) => `kycf_${rest}`),
  ];
  const { resting, tested } = setAside("stressid", lines, 1);
  assert.deepEqual(resting, { kycf: ["kycf_Breathing"] });
  assert.deepEqual(tested, ["kycf_Stroop", "kycf_Video1"]);
});

Deno.test("BAH: question 1 enrolls, whatever its label", () => {
  const video = (question: number) =>
    `Videos/82711/Visite_1/82711_Question_${question}_2023-01-01_10-00-00_Video.mp4`;
  for (const label of [0, 1]) {
    const lines = [`${video(1)},${label},so`, `${video(2)},1,and`, `${video(3)},0,so`];
    const { resting, tested } = setAside("bah", lines, 3);
    assert.deepEqual(resting, { "82711": [video(1).split("/").at(-1)] });
    assert.equal(tested.length, 2);
  }
});

const clip = (subject: string, task: string, id = `${subject}/${task}`): DatasetClip => ({
  ...{ id, subject, task, video: id, label: 0 },
});

Deno.test("who has no resting clip, or nothing but resting clips, is named", () => {
  const rule = restingTasks(["rest"]);
  assert.throws(
    () => setRestingAside([clip("a", "rest"), clip("a", "x"), clip("b", "x")], rule, 1),
    {
      message:
        'Cannot enroll "b": none of the 1 clips is of rest (task rest): leave the person out with ' +
        "--targets, or methods that need resting clips with --method",
    },
  );
  assert.throws(() => setRestingAside([clip("a", "rest")], rule, 1), {
    message:
      'Cannot test on "a": all of the 1 clips are set aside for enrolment: take fewer with ' +
      "--rest-clips, or leave the person out with --targets",
  });
});
