/**
 * `golden/tta_cap` is a part of a set that was made with the original code. How it was reduced: three of
 * the online cases, whole, with their streams and the prototypes of subject 1, numbers rounded to 7
 * digits (cached entropies to 4) and three of the tensors; three of the five source subjects and one
 * of the targets, rankings without the other two; the first 7 windows of EB-CaP, with the noise of
 * these; all of `small.json`; no temporal transformer. JSON is packed, as the formatter would blow it up.
 */
import assert from "node:assert/strict";
import { gpuTest } from "./devices.ts";
import { compareUnpacked, edit } from "./golden_sets.ts";

const folder = new URL("./golden/tta_cap", import.meta.url).pathname;

gpuTest("TTA-CaP equals the original's golden numbers, and all its decisions", async () => {
  const { failed, lines } = await compareUnpacked(folder);
  assert.equal(failed, 0, lines.filter((line) => line.startsWith("FAIL")).join("\n"));
  assert.equal(lines.at(-1), "golden: 268 compared, 0 failed");
  for (
    const row of [
      "v2_embed_swapped_confidence_majority_4x15: weights",
      "v2_embed_swapped_confidence_majority_4x15: fused",
      "v2_embed_swapped_confidence_majority_4x15: neg_cache, steps",
      "v1_embed_swapped_4x15: margin_pass",
      "v1_embed_swapped_4x15: z_neg",
      "v2_missing_class_logit_4x15: label_scores",
      "v2_missing_class_logit_4x15: per_video",
      "offline: src4/1: candidates, stability",
      "offline: src4/1: prototype_rows",
      "offline: personalized_cap4/1/1",
      "offline: v1_rank 1, order",
      "ebcap: hit_steps",
      "ebcap: diversity",
      "small: metrics 3, v1, UAR",
      "small: majority 7 of [0,1,1,0]",
    ]
  ) {
    assert.ok(lines.some((line) => line.startsWith(`ok    tta-cap: ${row}  `)), row);
  }
  assert.ok(lines.some((line) => /^left .*not in this set: .*temporal.safetensors/.test(line)));
});

const spoilt = {
  "a gate that was otherwise": [
    edit("online.json", /"temporal_pass":1/, '"temporal_pass":0'),
    /FAIL {2}tta-cap: v2_embed.*: temporal_pass, step 0 {2}got 1: wanted 0/,
  ],
  "a sample that is not in a cache": [
    edit("online.json", /"neg_cache":\[\[\[\d+,/, '"neg_cache":[[[99,'),
    /FAIL {2}tta-cap: .*: neg_cache, steps, step \d+ /,
  ],
  "a threshold that lets something else pass": [
    edit("online.json", /"tau_H_pos":0.5/, '"tau_H_pos":0.4'),
    /FAIL {2}tta-cap: v1_embed_swapped_4x15: confident, step/,
  ],
  "a setting that is not known": [
    edit("online.json", /"cache_beta"/, '"cache_gamma"'),
    /FAIL {2}tta-cap: v2_embed.* cannot be compared: .*does not know the setting "cache_gamma"/,
  ],
  "a word that is not known": [
    edit("online.json", /"agreement_mode":"majority"/, '"agreement_mode":"all"'),
    /cannot be compared: Cannot run TTA-CaP with agreement all: wanted none or majority/,
  ],
  "a field that nothing compares": [
    edit("online.json", /"majority":0/, '"minority":0'),
    /FAIL {2}tta-cap: .*: minority {2}cannot be compared: this version does not know it/,
  ],
  "another medoid": [
    edit("offline.json", /"prototype_rows":\[\d+/, '"prototype_rows":[3'),
    /FAIL {2}tta-cap: offline: src0\/0: prototype_rows/,
  ],
  "another order of subjects": [
    edit("offline.json", /"selected":\["src0","src3"/, '"selected":["src3","src0"'),
    /FAIL {2}tta-cap: offline: target 1: selected/,
  ],
  "a reason that was another": [
    edit("ebcap.json", /"reason":"positive_variance_gain"/, '"reason":"non_positive"'),
    /FAIL {2}tta-cap: ebcap: diversity, step/,
  ],
  "tensors that are missing": [
    (folder: string) => Deno.remove(`${folder}/online_tensors.safetensors`),
    /FAIL {2}tta-cap: online_tensors.safetensors {2}cannot be compared: it is not in this set/,
  ],
} as const;

for (const [what, [spoil, says]] of Object.entries(spoilt)) {
  gpuTest(`a set of TTA-CaP fails upon ${what}`, async () => {
    const { failed, lines } = await compareUnpacked(folder, spoil);
    assert.ok(failed > 0);
    assert.match(lines.join("\n"), says);
  });
}
