/**
 * `golden/pft` is a set for PFT without its full-width networks, of which only a recipe is stored and
 * which take 10 s: the release's losses and its networks in small, made with the original code, and
 * latent PFT, made with a program of its own. JSON is packed, as the formatter would blow it up.
 */
import assert from "node:assert/strict";
import { gpuTest } from "./devices.ts";
import { compareUnpacked, edit } from "./golden_sets.ts";

const folder = new URL("./golden/pft", import.meta.url).pathname;

gpuTest(
  "latent PFT, its losses and the release's networks equal their golden numbers",
  async () => {
    const { failed, lines } = await compareUnpacked(folder);
    assert.equal(failed, 0, lines.filter((line) => line.startsWith("FAIL")).join("\n"));
    assert.equal(lines.at(-1), "golden: 124 compared, 0 failed");
    for (
      const row of [
        "latent: source.losses",
        "latent: early.epochs",
        "latent: guard.table",
        "losses: gram_style.d_map_b1",
        "tiny: train.delta.feature_extractor.conv1.weight",
      ]
    ) {
      assert.ok(lines.some((line) => line.startsWith(`ok    pft: ${row}  `)), row);
    }
    assert.ok(lines.some((line) => /^left .*not in this set: pft: real_golden/.test(line)));
  },
);

const spoilt = {
  "another weight of the style": [
    edit("latent_tolerances.json", /"w_style": 1.0/, '"w_style": 1.1'),
    /FAIL {2}pft: latent: source.losses {2}relative/,
  ],
  "another weight of neutral": [
    edit("latent_tolerances.json", /"w_neutral": 0.1/, '"w_neutral": 1'),
    /FAIL {2}pft: latent: early.epochs {2}/,
  ],
  "more patience": [
    edit("latent_tolerances.json", /"patience": 3/, '"patience": 4'),
    /FAIL {2}pft: latent: early.holdout {2}got 13 numbers: wanted 12/,
  ],
  "another learning rate of the release": [
    edit("tiny_tolerances.json", /"lr": 0.001/, '"lr": 0.002'),
    /FAIL {2}pft: tiny: train.delta.translator.layers.0.weight {2}/,
  ],
  "a tolerance that is missing": [
    edit("losses_tolerances.json", /"moment": /, '"movement": '),
    /FAIL {2}pft: losses_golden.safetensors {2}cannot be compared: Cannot compare "moment": its tol/,
  ],
  "inputs that are missing": [
    (folder: string) => Deno.remove(`${folder}/losses_inputs.safetensors`),
    /FAIL {2}pft: losses_inputs.safetensors {2}cannot be compared: it is not in this set/,
  ],
} as const;

for (const [what, [spoil, says]] of Object.entries(spoilt)) {
  gpuTest(`a set of PFT fails upon ${what}, and its other parts are compared`, async () => {
    const { failed, lines } = await compareUnpacked(folder, spoil);
    assert.ok(failed > 0);
    assert.match(lines.join("\n"), says);
    assert.ok(lines.some((line) => line.startsWith("ok    pft: latent: ")));
    assert.ok(lines.some((line) => line.startsWith("ok    pft: tiny: ")));
  });
}
