import { FormatError } from "../../io/files/format_error.ts";
import { privateFile, writeAtomically } from "../../io/files/write_atomically.ts";
import { openTensors } from "../../io/tensors/open_tensors.ts";
import { readMetadata } from "../../io/tensors/read_metadata.ts";
import { toFloat32 } from "../../io/tensors/stored_type.ts";
import { encodeSafetensors, type TensorToWrite } from "../../io/tensors/write_safetensors.ts";
import type { Parameter } from "../../model/dsfda/parameters.ts";
import { optimizers } from "../../model/dsfda/training_step.ts";
import type { DsfdaProgress } from "./progress.ts";

/** The key of the metadata, and its version. */
const format = "autt.dsfda_training", version = 2;

type Information =
  & Omit<DsfdaProgress, "current" | "begun" | "best">
  & Pick<DsfdaProgress["current"], "steps">;

/** Writes a progress atomically, readable by the user only: it may be of a person. */
export async function saveProgress(path: string, progress: DsfdaProgress): Promise<void> {
  const { current: { parameters, moments, steps }, begun, best, ...info } = progress;
  const tensors: Record<string, TensorToWrite> = {};
  for (
    const [prefix, of] of Object.entries({ "now.": parameters, "begun.": begun, "best.": best })
  ) {
    for (const [name, { shape, numbers: data }] of of) {
      tensors[prefix + name] = { dtype: "F32", shape, data };
    }
  }
  for (const [prefix, of] of Object.entries({ "m.": moments.m, "v.": moments.v })) {
    for (const [name, data] of of) {
      tensors[prefix + name] = { dtype: "F32", shape: [data.length], data };
    }
  }
  const metadata = { [format]: JSON.stringify({ version, steps, ...info } satisfies Stored) };
  await writeAtomically(path, encodeSafetensors(tensors, metadata), privateFile);
}

type Stored = Information & { readonly version: number };

/**
 * Reads a progress.
 *
 * @param of Refuses one of other settings or data.
 */
export async function loadProgress(path: string, of: string): Promise<DsfdaProgress> {
  using file = await openTensors(path);
  const refuse = (why: string) => new FormatError(`Cannot go on with "${path}": ${why}`);
  const found = readMetadata<Information>(file, { format, version }, refuse);
  if (!found) throw refuse("it is no state of a training of DSFDA");
  if (!isInformation(found)) throw refuse("its metadata is not complete");
  if (found.of !== of) {
    throw refuse("it was started with other settings or other faces: use the same, or begin anew");
  }
  const read = async (prefix: string) => {
    const all = new Map<string, Parameter>();
    for (const [name, { dtype, shape }] of file.tensors) {
      if (!name.startsWith(prefix)) continue;
      const numbers = toFloat32(dtype, await file.read(name));
      all.set(name.slice(prefix.length), { shape, numbers });
    }
    return all;
  };
  const numbersOf = async (prefix: string) =>
    new Map([...await read(prefix)].map(([name, { numbers }]) => [name, numbers]));
  const { steps, ...info } = found, parameters = await read("now.");
  const begun = await read("begun."), best = await read("best.");
  const whole = [...parameters.keys()];
  if (whole.length === 0 || whole.some((name) => !begun.has(name) || !best.has(name))) {
    throw refuse("it lacks parameters");
  }
  const moments = { m: await numbersOf("m."), v: await numbersOf("v.") };
  // JSON has no infinity, which is what the release's loss of a single batch is.
  const history = info.history.map((epoch) => ({
    ...epoch,
    held: { ...epoch.held, loss: epoch.held.loss ?? Infinity },
  }));
  return { ...info, history, current: { parameters, moments, steps }, begun, best };
}

const isWhole = (x: unknown): x is number => Number.isSafeInteger(x) && Number(x) >= 0;

/** Whether metadata is complete and valid. */
function isInformation(found: Partial<Information>): found is Information {
  const { of, pretrained, bestEpoch, history, step, sums, steps } = found;
  return typeof of === "string" && Array.isArray(history) && isWhole(step) && isWhole(pretrained) &&
    isWhole(bestEpoch) && bestEpoch <= history.length && isNumbers(sums) &&
    Object.keys(optimizers).every((name) =>
      isWhole((steps as Readonly<Record<string, unknown>> | undefined)?.[name])
    ) &&
    history.every((epoch) =>
      isNumbers(epoch?.losses) && isNumbers(epoch.held) && typeof epoch.acceptable === "boolean"
    );
}

function isNumbers(found: unknown): boolean {
  return typeof found === "object" && found !== null &&
    Object.values(found).every((x) => typeof x === "number" || x === null);
}
