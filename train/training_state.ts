import { FormatError } from "../io/files/format_error.ts";
import { openTensors } from "../io/tensors/open_tensors.ts";
import { readMetadata } from "../io/tensors/read_metadata.ts";
import { writeAtomically } from "../io/files/write_atomically.ts";
import { encodeSafetensors, type TensorToWrite } from "../io/tensors/write_safetensors.ts";
import {
  type HeadParameters,
  headShapes,
  type HeadSizes,
  readHeadParameters,
} from "../model/clip_au/head_parameters.ts";
import type { HeadState } from "./head_trainer.ts";
import type { Metrics } from "../numbers/scores/metrics.ts";

/** How well a head does on people held out. */
export type HeldResult = Metrics & { readonly loss: number };

/** The result of an epoch. */
export interface EpochResult {
  /** The mean cross-entropy of the batches, each before its update. */
  readonly loss: number;
  /** On the people held out, if there are any. */
  readonly held?: HeldResult | undefined;
}

/** Everything that resuming a training takes. */
export interface TrainingState {
  /** Settings and data, which must be the same to resume, as text to compare. */
  readonly of: string;
  /** The parameters, moments and step count. */
  readonly current: HeadState;
  /** The head that did best on the people held out; where nobody is, that of the last epoch. */
  readonly best: HeadParameters;
  /** The epoch of the best head, counted from 1; 0 before there is one. */
  readonly bestEpoch: number;
  /** The results of the epochs that are done. */
  readonly history: readonly EpochResult[];
  /** Batches of the current epoch that are done. */
  readonly batch: number;
  /** The sum of their losses. */
  readonly lossSum: number;
}

/** The key of the metadata, and its version. */
const format = "autt.training", version = 1;

type Information = Omit<TrainingState, "current" | "best"> & { readonly step: number };

/** Writes a state atomically. */
export async function saveTraining(path: string, state: TrainingState): Promise<void> {
  const { current, best, ...info } = state, { sizes } = best;
  const tensors: Record<string, TensorToWrite> = {};
  for (const [name, shape] of headShapes(sizes)) {
    const parts = { "": current.head.numbers, "m.": current.m, "v.": current.v };
    for (const [prefix, numbers] of Object.entries({ ...parts, "best.": best.numbers })) {
      const data = numbers.get(name) as Float32Array<ArrayBuffer>;
      tensors[prefix + name] = { dtype: "F32", shape, data };
    }
  }
  const metadata = { [format]: JSON.stringify({ version, ...info, step: current.step }) };
  await writeAtomically(path, encodeSafetensors(tensors, metadata));
}

/** Reads a state. */
export async function loadTraining(path: string, sizes: HeadSizes): Promise<TrainingState> {
  using file = await openTensors(path);
  const refuse = (why: string) => new FormatError(`Cannot go on with "${path}": ${why}`);
  const found = readMetadata<Information>(file, { format, version }, refuse);
  if (!found) throw refuse("it is no state of a training");
  const { step, ...info } = found;
  if (!isWhole(step) || !isInformation(info)) throw refuse("its metadata is not complete");
  const part = async (prefix: string) => {
    const parameters = await readHeadParameters(file, prefix);
    if (JSON.stringify(parameters.sizes) === JSON.stringify(sizes)) return parameters;
    throw refuse("it is of a head of another size");
  };
  const [head, m, v] = [await part(""), await part("m."), await part("v.")];
  return {
    ...info as Omit<Information, "step">,
    current: { head, m: m.numbers, v: v.numbers, step },
    best: await part("best."),
  };
}

const isWhole = (x: unknown): x is number => Number.isSafeInteger(x) && Number(x) >= 0;

/** Whether metadata is complete and valid. */
function isInformation(
  { of, bestEpoch, history, batch, lossSum }: Partial<Information>,
): boolean {
  return typeof of === "string" && Array.isArray(history) && isWhole(batch) &&
    Number.isFinite(lossSum) && isWhole(bestEpoch) && bestEpoch <= history.length &&
    history.every((epoch: EpochResult | null) => {
      const { loss, held } = epoch ?? {};
      const told = held ? [held.loss, held.war, held.uar, held.f1] : [];
      return [loss, ...told].every(Number.isFinite);
    });
}
