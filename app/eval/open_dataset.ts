import { join } from "node:path";
import { drawnFolder } from "../../demo/dataset/drawn_folder.ts";
import { type Device, environment } from "../../engine/mod.ts";
import { ImagePreparer } from "../../media/image_preparer.ts";
import type { Clip } from "../../model/clip/clip.ts";
import type { Dataset, DatasetClip } from "../../data/datasets/mod.ts";
import { FeatureCache } from "../../media/features/feature_cache.ts";
import type { Split } from "../../data/split_subjects.ts";
import { say } from "../terminal/status_line.ts";
import { userPath } from "../terminal/terminal.ts";
import { describeDataset } from "./dataset_report.ts";
import { DrawnDataset } from "./drawn_dataset.ts";
import { listDrawnClips } from "./drawn_people.ts";
import { EncodedDataset } from "../../data/encoded_dataset.ts";
import type { EvalOptions } from "./options.ts";
import { readDataset } from "./read_dataset.ts";

/** Who is evaluated on, before any of it is decoded or drawn. */
export interface ListedDataset {
  readonly split: Split<DatasetClip>;
  /** Anything that features depend on besides the clips and the model. */
  readonly settings: Readonly<Record<string, number>>;
  /** Makes the features, and keeps them. */
  open(device: Device, clip: Clip): Promise<Dataset & Disposable>;
}

/** Reads labels and looks for files, or lists people that can be drawn; tells what there is. */
export async function listDataset(
  options: EvalOptions,
  classes: readonly string[],
): Promise<ListedDataset> {
  const { data, stride, frames } = options;
  const folder = options.features === undefined ? undefined : userPath(options.features);
  if ("drawn" in data) {
    const split = listDrawnClips(data.drawn);
    for (const line of describeDataset(split, classes)) say(line);
    const name = `demo, ${data.drawn.design}`;
    return {
      split,
      settings: {},
      open: (_, clip) =>
        Promise.resolve(
          new DrawnDataset(name, classes, split, { clip, folder: folder ?? drawnFolder() }),
        ),
    };
  }
  const { kind } = data;
  const split = await readDataset({
    ...options,
    kind,
    classes,
    skipMissing: options["skip-missing"],
  });
  return {
    split,
    settings: { stride, frames },
    async open(device, clip) {
      const cache = new FeatureCache(
        folder ?? join(options.out, "features"),
        await clip.fingerprint(),
        clip.config.embedding,
      );
      return new EncodedDataset(kind.name, classes, [...split.train, ...split.held], {
        device,
        clip,
        preparer: new ImagePreparer(device, clip.config.image.size),
        cache,
        stride,
        frames,
        findFaces: !options["no-face-crop"],
        ffmpeg: environment("AUTT_FFMPEG"),
      });
    },
  };
}
