/**
 * The kinds of datasets that can be read.
 *
 * @module
 */
import type { DatasetKind } from "../dataset.ts";
import { bah } from "./bah.ts";
import { biovid } from "./biovid.ts";
import { plain } from "./plain.ts";
import { stressid } from "./stressid.ts";

/** All kinds, in the order of the help text. */
export const datasetKinds: readonly DatasetKind[] = [plain, biovid, stressid, bah];
