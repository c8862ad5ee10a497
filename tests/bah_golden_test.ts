/**
 * `golden/bah` is the part of a set for BAH that this version has. `metrics.json` and
 * `loaders.json` were made with the code of BAH's authors; their participants and texts are invented. The
 * numbers of conflict fusion, which is this project's own, were made with PyTorch, those of LFAN and CAN with
 * the authors' classes, without the visual backbone.
 */
import assert from "node:assert/strict";
import { gpuTest } from "./devices.ts";
import { compareUnpacked, edit } from "./golden_sets.ts";

const folder = new URL("./golden/bah", import.meta.url).pathname;

/** Leaves the part of a set alone that a file belongs to. */
async function onlyPartOf(file: string, unpacked: string): Promise<void> {
  const [part = ""] = file.split(/[_.]/);
  for await (const { name } of Deno.readDir(unpacked)) {
    // The models in full size are compared in sets of BAH only, which those in small make it.
    if (!name.startsWith(part) && !(part === "real" && name.startsWith("models"))) {
      await Deno.remove(`${unpacked}/${name}`);
    }
  }
}

gpuTest("scores, label files and models of BAH equal the original's golden numbers", async () => {
  const { failed, lines } = await compareUnpacked(folder);
  assert.equal(failed, 0, lines.filter((line) => line.startsWith("FAIL")).join("\n"));
  assert.equal(lines.at(-1), "golden: 771 compared, 0 failed");
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
      "tokens of sentences, as the authors keep them",
      "tokens of a sentence that fills the mask",
      "padded pixels, cast back",
      "bert: deviation",
      "windows of 696 every 48 in 1000 frames",
      "mlp.grad.no_text",
      "transformer.attention1",
      "transformer.step3.delta.blocks.0.qkv.weight",
      "learning rate of epoch 150",
      "lfan.eval.tcn.bert.0.conv1",
      "lfan.eval.attention",
      "lfan.grad.temporal.video.network.2.downsample.weight",
      "lfan.long.logits",
      "can.train.after.bn1.running_var",
      "can.sgd.after3.fuse.weights.bias",
      "real: lfan.attended.sample",
      "real: can.logits",
    ]
  ) {
    assert.ok(lines.some((line) => line.startsWith(`ok    bah: ${row}  `)), row);
  }
});

const spoilt = {
  "an area that was otherwise": [
    ["metrics.json", /"Average_precision_POS":0.8\b/, '"Average_precision_POS":0.8001'],
    /FAIL {2}bah: frames, random 0: scores/,
  ],
  "another decision on a video": [
    ["metrics.json", /"predictions":\[0,/, '"predictions":[1,'],
    /FAIL {2}bah: videos 0, FRAMES_VOTE, predictions/,
  ],
  "another end of a segment": [
    ["loaders.json", /,334,540\]/, ",334,541]"],
    /FAIL {2}bah: segments/,
  ],
  "another token that is kept": [
    [
      "loaders.json",
      /"kept_position_plus_10_per_sentence":\[1,2,11\]/,
      '"kept_position_plus_10_per_sentence":[1,2,3]',
    ],
    /FAIL {2}bah: tokens of sentences, as the authors keep them/,
  ],
  "another pixel that pads": [
    ["loaders.json", /-56.0,-56.0\]/, "-56.0,200.0]"],
    /FAIL {2}bah: padded pixels, through bytes with a sign/,
  ],
  "another word in a transcript": [
    ["loaders.json", / seven window river small river\./, " seven window river small lake."],
    /FAIL {2}bah: transcript, PyYAML default {2}/,
  ],
  "another error of the authors' loader": [
    ["loaders.json", /"AssertionError"/, '"ValueError"'],
    /FAIL {2}bah: as the authors' loader: same video twice/,
  ],
  "a label file that is damaged": [
    ["loaders.json", /frame-10\.jpg,1/, "frame-10.jpg,x"],
    /FAIL {2}bah: loaders.json {2}cannot be compared: Cannot read labels: line 4: wanted a label/,
  ],
  "another weight of the words": [
    ["conflict_tolerances.json", /"lambda_aux": 0.5/, '"lambda_aux": 0.6'],
    /FAIL {2}bah: mlp.losses {2}relative/,
  ],
  "another weight of a class": [
    ["conflict_tolerances.json", /"class_weights": \[0.8/, '"class_weights": [0.9'],
    /FAIL {2}bah: transformer.grad.video.weight {2}relative/,
  ],
  "another share of the words": [
    ["conflict_tolerances.json", /"beta": 0.3/, '"beta": 0.4'],
    /FAIL {2}bah: transformer.probabilities {2}relative/,
  ],
  "another decay of weights": [
    ["models_tolerances.json", /"weight_decay": ?0.01/, '"weight_decay": 0.02'],
    /FAIL {2}bah: lfan.sgd.after3.regressor.weight {2}relative/,
  ],
  "another order of modalities": [
    [
      "models_tolerances.json",
      /"can": ?\["temporal.video.network.0.conv1.bias"/,
      '"can": ["temporal.vggish.network.0.conv1.bias"',
    ],
    /FAIL {2}bah: models_golden.safetensors {2}.*fuse.attn.0.weight must be \[16, 6\]: got \[16, 12\]/,
  ],
  "other windows": [
    ["models_tolerances.json", /length 37, window 14, hop 5/, "length 37, window 14, hop 7"],
    /FAIL {2}bah: lfan.long.logits {2}relative/,
  ],
  "another number of a recipe": [
    ["real_recipe.json", /"crc32": ?"73f5d543"/, '"crc32": "73f5d544"'],
    /FAIL {2}bah: recipe: \d+ tensors {2}got \["lfan.temporal.video.network.0.conv1.bias"\]/,
  ],
} as const;

for (const [what, [[file, from, to], says]] of Object.entries(spoilt)) {
  gpuTest(`a set of BAH fails upon ${what}`, async () => {
    const { failed, lines } = await compareUnpacked(folder, async (unpacked) => {
      await onlyPartOf(file, unpacked);
      await edit(file, from, to)(unpacked);
    });
    assert.ok(failed > 0);
    assert.match(lines.join("\n"), says);
  });
}
