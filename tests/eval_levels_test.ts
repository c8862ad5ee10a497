import assert from "node:assert/strict";
import {
  type FramedClip,
  levelTable,
  officialWindow,
  scoreDecisions,
  scoreLevels,
} from "../app/eval/level_scores.ts";
import { methodOf } from "../tta/methods/method.ts";

/** Two videos: one of three segments whose second is ambivalent, and one without. */
const clips: readonly FramedClip[] = [
  { id: "a1", video: "a", label: 0, frames: 4 },
  { id: "a2", video: "a", label: 1, frames: 3 },
  { id: "a3", video: "a", label: 0, frames: 1 },
  { id: "b1", video: "b", label: 0, frames: 2 },
];

const near = (got: number, wanted: number) =>
  assert.ok(Math.abs(got - wanted) < 1e-12, `${got}: wanted ${wanted}`);

Deno.test("frames, segments and videos are judged from decisions on clips", () => {
  const decided = new Map([["a1", 0.2], ["a2", 0.9], ["a3", 0.8], ["b1", 0.1]]);
  const got = scoreDecisions(clips, decided, "plain");
  // Frames: 3 right of 4 that are called ambivalent, all 3 found; 6 of 6 called neutral right, 6 of 7 found.
  near(got.frameF1, (6 / 7 + 12 / 13) / 2);
  near(got.segmentF1, (2 / 3 + 4 / 5) / 2);
  // The mean over a's frames is (4 x 0.2 + 3 x 0.9 + 0.8) / 8 = 0.5375.
  near(got.videoF1, 1);
  near(got.videoAp, 1);
  near(got.frameAp, 1);
});

Deno.test("by the official protocol videos are padded, and most frames decide", () => {
  const decided = new Map([["a1", 0.2], ["a2", 0.9], ["a3", 0.8], ["b1", 0.1]]);
  const got = scoreDecisions(clips, decided, "official");
  // The last frame of a, wrongly called ambivalent, is repeated; so is b's, rightly called neutral.
  const wrong = officialWindow - 7, neutral = 4 + officialWindow;
  near(got.frameF1, (2 * 3 / (3 + 3 + wrong) + 2 * neutral / (neutral + neutral + wrong)) / 2);
  // Four frames of a say one, four the other: the class that comes first in it.
  near(got.videoF1, (0 + 2 / 3) / 2);
});

Deno.test("a video longer than the window is not padded", () => {
  const long = [
    { id: "l", video: "l", label: 1, frames: officialWindow + 5 },
    clips[3] as FramedClip,
  ];
  const decided = new Map([["l", 0.9], ["b1", 0.1]]);
  near(scoreDecisions(long, decided, "official").frameF1, 1);
  near(scoreDecisions(long, decided, "plain").videoF1, 1);
});

Deno.test("a method that is not above the tasks alone is marked, and draws are averaged", () => {
  const run = (name: string, baseline: boolean, ...draws: Record<string, number>[]) => ({
    entry: { name, about: "", needs: [], open: () => Promise.resolve(methodOf(() => [])) },
    baseline,
    draws: draws.map((draw) => [{
      subject: "s",
      clips: Object.entries(draw).map(([id, p]) => ({ id, probabilities: [1 - p, p] })),
      milliseconds: [],
      beginMilliseconds: 0,
      bytes: 0,
    }]),
  });
  const good = { a1: 0.1, a2: 0.9, a3: 0.1, b1: 0.1 }, bad = { a1: 0.9, a2: 0.1, a3: 0.9, b1: 0.9 };
  const some = { a1: 0.1, a2: 0.9, a3: 0.9, b1: 0.1 };
  const rows = scoreLevels(
    [
      run("task only", true, some),
      run("good", false, good),
      run("bad", false, bad),
      run("drawn", false, good, bad),
    ],
    clips,
    "plain",
  );
  const of = (name: string) => rows.find((row) => row.name === name);
  near(of("good")?.frameF1 ?? NaN, 1);
  near(of("drawn")?.frameF1 ?? NaN, ((of("good")?.frameF1 ?? 0) + (of("bad")?.frameF1 ?? 0)) / 2);
  assert.equal(of("bad")?.notAboveTask, true);
  assert.equal(of("task only")?.notAboveTask, false);
  assert.match(levelTable(rows, "official"), /padded to 696 frames/);
  assert.match(levelTable(rows, "plain"), /^bad .*\*$/m);
});
