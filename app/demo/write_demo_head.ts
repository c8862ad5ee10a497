import type { Dataset } from "../../data/dataset.ts";
import type { Device } from "../../engine/mod.ts";
import { writeAtomically } from "../../io/files/write_atomically.ts";
import type { Clip } from "../../model/clip/clip.ts";
import { encodeConflictHead } from "../../model/conflict_fusion/conflict_file.ts";
import { fitFusion } from "../../tta/ambivalence/fit_fusion.ts";
import { KnownClips } from "../../tta/ambivalence/known_clips.ts";
import type { FusionTraining, PersonClip } from "../../tta/ambivalence/train_fusion.ts";

/** The demo's head is narrow: drawn faces and a grammar do not need more. */
const sizes = { width: 32, hidden: 32 };

/** Trains the demo's fusion on drawn people whose voices were measured in their sound. */
export async function writeDemoHead(
  path: string,
  { device, clip, dataset, training, signal }: {
    readonly device: Device;
    readonly clip: Clip;
    readonly dataset: Dataset;
    readonly training: FusionTraining;
    readonly signal: AbortSignal;
  },
): Promise<void> {
  const known = new KnownClips(clip), seen: PersonClip[] = [];
  for (const one of dataset.clips) {
    const { subject, label, transcript, voice } = one;
    const features = () => dataset.features(one, signal);
    seen.push({ subject, label, known: await known.know({ transcript, voice, features }) });
  }
  const fitted = await fitFusion(device, seen, {
    ...{ form: "mlp", classes: dataset.classes.length, training, sizes },
  }, { signal });
  const head = {
    ...fitted,
    classes: dataset.classes,
    clip: await clip.identity(),
  };
  const bytes = encodeConflictHead(head);
  await writeAtomically(path, bytes);
  const { trainedOn, heldOut } = fitted;
  console.log(
    `${path}: ${bytes.length} bytes, trained on ${trainedOn.clips} answers of ${trainedOn.people} ` +
      `people; ${(100 * (heldOut?.war ?? NaN)).toFixed(1)} % right of ${heldOut?.clips} of others`,
  );
}
