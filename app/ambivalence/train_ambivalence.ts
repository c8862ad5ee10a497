import { dirname } from "node:path";
import { EncodedDataset } from "../../data/encoded_dataset.ts";
import { measureVoices } from "../../data/measure_voices.ts";
import { type Device, environment } from "../../engine/mod.ts";
import { isFolder } from "../../io/files/is_folder.ts";
import { writeAtomically } from "../../io/files/write_atomically.ts";
import { loadClip } from "../../model/clip/load_clip.ts";
import { encodeConflictHead } from "../../model/conflict_fusion/conflict_file.ts";
import { encodeFrameHead, type FrameHead } from "../../model/frame_fusion/frame_file.ts";
import { fitFrames } from "../../tta/ambivalence/fit_frames.ts";
import { fitFusion, type FitProgress } from "../../tta/ambivalence/fit_fusion.ts";
import type { KnownRest } from "../../tta/ambivalence/resting_faces.ts";
import { readLabels } from "../eval/read_dataset.ts";
import { stoppable } from "../terminal/interrupt.ts";
import { modelPath } from "../terminal/model_path.ts";
import { clearStatus, countdown } from "../terminal/status_line.ts";
import { openNamed, UsageError } from "../terminal/terminal.ts";
import { type SeenVideo, seeVideos } from "./see_videos.ts";
import { type AmbivalenceTraining, readTrainOptions } from "./train_options.ts";

/** `train --task ambivalence`. */
export async function trainAmbivalence(args: string[]): Promise<number> {
  const options = readTrainOptions(args), { out, outName } = options;
  const labelled = await labelledClips(options);
  if (!await isFolder(dirname(out))) {
    throw new Error(`Cannot write "${outName}": there is no folder ${dirname(out)}`);
  }
  const model = await modelPath(options.model, options.yes);
  return await stoppable(async (signal) => {
    using device = await openNamed(options);
    using clip = await loadClip(device, model, { precision: options.precision });
    const { classes, kind, stride, features } = options;
    const ffmpeg = environment("AUTT_FFMPEG"), onClip = countdown(labelled.length, "videos heard");
    const clips = await measureVoices(labelled, { folder: features, ffmpeg, signal, onClip });
    using dataset = await EncodedDataset.open({ name: kind.name, classes, clips }, {
      ...{ clip, folder: features, stride, findFaces: options.findFaces },
      ffmpeg,
    });
    const { seen, rest } = await seeVideos(dataset, clips, clip, options, signal);
    const fitted = await fitHead(device, seen, options, {
      faceWidth: clip.config.embedding,
      about: {
        classes,
        clip: await clip.identity(),
        preparations: dataset.preparations,
      },
      rest,
      progress: { signal, onStep: countdown(options.steps, "steps") },
    });
    await writeAtomically(out, fitted.encoded);
    clearStatus();
    const { trainedOn, heldOut } = fitted, chosen = "chosen" in fitted ? fitted.chosen : undefined;
    console.log(`${outName}: trained on ${trainedOn.clips} videos of ${trainedOn.people} people`);
    if (chosen) {
      console.log(
        `kept as it was after epoch ${chosen.epoch}, which did best on the people held out (AP of ` +
          `frames ${(100 * chosen.averagePrecision).toFixed(1)}): the next figures flatter`,
      );
    }
    if (heldOut) {
      const percent = (x: number) => Number.isFinite(x) ? (100 * x).toFixed(1) : "-";
      console.log(
        `on ${heldOut.clips} videos of the people held out: F1 ${percent(heldOut.f1)}, WAR ${
          percent(heldOut.war)
        }, UAR ${percent(heldOut.uar)}, AP ${percent(heldOut.ap)}, AP on the grid ${
          percent(heldOut.apGrid)
        }`,
      );
      console.log(
        "this says nothing yet: compare it with the question alone and other baselines by " +
          "`./autt eval`",
      );
    }
    return 0;
  }, "stopped: what was seen of the videos is kept");
}

/** Learns what the options ask for, and encodes it with what it is about. */
async function fitHead(
  device: Device,
  seen: readonly SeenVideo[],
  { learns, heldShare }: AmbivalenceTraining,
  { about, rest, faceWidth, progress }: {
    readonly about: Pick<FrameHead, "classes" | "clip" | "preparations">;
    readonly rest: KnownRest | undefined;
    readonly faceWidth: number;
    readonly progress: FitProgress;
  },
) {
  const classes = about.classes.length;
  if (learns.reads === "clips") {
    const fitted = await fitFusion(device, seen, { ...learns, classes, heldShare }, progress);
    return { ...fitted, encoded: encodeConflictHead({ ...fitted, ...about, ...rest }) };
  }
  const fit = { ...learns, classes, heldShare, faceWidth };
  const fitted = await fitFrames(device, seen, fit, progress);
  return { ...fitted, encoded: encodeFrameHead({ ...fitted, ...about }) };
}

async function labelledClips(options: AmbivalenceTraining) {
  const { kind, classes, labels, root, skipMissing } = options;
  const files = { kind, classes, labels: [labels], sourceLabels: [], root, skipMissing };
  const read = await readLabels("train", files), clips = read.sources ?? read.clips;
  for (const [label, name] of classes.entries()) {
    if (clips.some((clip) => clip.label === label)) continue;
    throw new UsageError(`Cannot train the class "${name}": no video has label ${label}`);
  }
  if (new Set(clips.map(({ subject }) => subject)).size < 2) {
    throw new UsageError("Cannot train on a single person: wanted videos of two at least");
  }
  return clips;
}
