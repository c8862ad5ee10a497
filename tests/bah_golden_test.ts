/**
 * `golden/bah` is the part of a set for BAH that this version has. `metrics.json` and
 * `loaders.json` were made with the code of BAH's authors; their participants and texts are invented. The
 * numbers of conflict fusion, which is this project's own, were made with PyTorch.
 */
import assert from "node:assert/strict";
import { gpuTest } from "./devices.ts";
import { compareUnpacked, edit } from "./golden_sets.ts";

const folder = new URL("./golden/bah", import.meta.url).pathname;

gpuTest("scores and label files of BAH equal the original's golden numbers", async () => {
  const { failed, lines } = await compareUnpacked(folder);
  assert.equal(failed, 0, lines.filter((line) => line.startsWith("FAIL")).join("\n"));
  assert.equal(lines.at(-1), "golden: 375 compared, 0 failed");
  for (
    const row of [
      "frames, random 0: scores",
      "frames, every probability exactly 0.5: sklearn_roc_auc",
      "frames, no positive in the ground truth: the grid AP asserts: refused",
      "frames, logits above 88.7 overflow in float32: inf/inf = NaN, never counted as predicted: scores",
      "videos 5, FRAMES_VOTE, predictions",
      "videos 5, FRAMES_AVG_PROBS, scores",
      "videos",
      "runs of frames with equal labels",
      "segments",
      "as the authors' loader: same video twice",
      "annotation, all flow: labels of frames",
      "transcript, double quotes",
      "transcript, PyYAML default: frames of sentences",
      "10 tokens on 7 frames",
      "bert: deviation",
      "windows of 696 every 48 in 1000 frames",
      "mlp.grad.no_text",
      "transformer.attention1",
      "transformer.step3.delta.blocks.0.qkv.weight",
    ]
  ) {
    assert.ok(lines.some((line) => line.startsWith(`ok    bah: ${row}  `)), row);
  }
});

const spoilt = {
  "an area that was otherwise": [
    edit("metrics.json", /"Average_precision_POS":0.8\b/, '"Average_precision_POS":0.8001'),
    /FAIL {2}bah: frames, random 0: scores/,
  ],
  "another decision on a video": [
    edit("metrics.json", /"predictions":\[0,/, '"predictions":[1,'),
    /FAIL {2}bah: videos 0, FRAMES_VOTE, predictions/,
  ],
  "another end of a segment": [
    edit("loaders.json", /,334,540\]/, ",334,541]"),
    /FAIL {2}bah: segments/,
  ],
  "another word in a transcript": [
    edit("loaders.json", / seven window river small river\./, " seven window river small lake."),
    /FAIL {2}bah: transcript, PyYAML default {2}/,
  ],
  "another error of the authors' loader": [
    edit("loaders.json", /"AssertionError"/, '"ValueError"'),
    /FAIL {2}bah: as the authors' loader: same video twice/,
  ],
  "a label file that is damaged": [
    edit("loaders.json", /frame-10\.jpg,1/, "frame-10.jpg,x"),
    /FAIL {2}bah: loaders.json {2}cannot be compared: Cannot read labels: line 4: wanted a label/,
  ],
  "another weight of the words": [
    edit("conflict_tolerances.json", /"lambda_aux": 0.5/, '"lambda_aux": 0.6'),
    /FAIL {2}bah: mlp.losses {2}relative/,
  ],
  "another weight of a class": [
    edit("conflict_tolerances.json", /"class_weights": \[0.8/, '"class_weights": [0.9'),
    /FAIL {2}bah: transformer.grad.video.weight {2}relative/,
  ],
  "another share of the words": [
    edit("conflict_tolerances.json", /"beta": 0.3/, '"beta": 0.4'),
    /FAIL {2}bah: transformer.probabilities {2}relative/,
  ],
} as const;

for (const [what, [spoil, says]] of Object.entries(spoilt)) {
  gpuTest(`a set of BAH fails upon ${what}`, async () => {
    const { failed, lines } = await compareUnpacked(folder, spoil);
    assert.ok(failed > 0);
    assert.match(lines.join("\n"), says);
  });
}
