/**
 * The kinds of datasets that can be read.
 *
 * @module
 */
import { bah } from "./bah.ts";
import { biovid } from "./biovid.ts";
import type { DatasetKind } from "../dataset.ts";
import { plain } from "./plain.ts";
import { stressid } from "./stressid.ts";

export type {
  Dataset,
  DatasetClip,
  DatasetKind,
  LabelFault,
  Labels,
  ListedClip,
  Media,
  VideoFacts,
} from "../dataset.ts";

/** All kinds, in the order of the help text. */
export const datasetKinds: readonly DatasetKind[] = [plain, biovid, stressid, bah];
