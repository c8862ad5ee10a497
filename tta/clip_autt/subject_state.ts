import { FormatError } from "../../io/files/format_error.ts";
import { readMetadata } from "../../io/tensors/read_metadata.ts";
import { toFloat32 } from "../../io/tensors/stored_type.ts";
import type { TensorFile } from "../../io/tensors/tensor_file.ts";
import { roundingMismatch } from "../../model/clip/feature_key.ts";
import { encodeSafetensors, type TensorToWrite } from "../../io/tensors/write_safetensors.ts";
import type { Outcome } from "./collapse_guard.ts";
import type { Moved, TuningState } from "./tuning.ts";
import type { TuningSettings } from "./tuning_settings.ts";

/** What tuning has learned about a person: about a megabyte, without any picture. */
export interface SubjectState {
  /** `ClipAu.fingerprint()` of the model that it belongs to. */
  readonly model: string;
  /** How prompts were tuned. */
  readonly settings: TuningSettings;
  /** Of the vectors: `[A, n, D]`. */
  readonly shape: readonly [number, number, number];
  /** The tuned vectors and the optimiser's state. */
  readonly tuning: TuningState;
  /** What adapting did to each video so far. */
  readonly outcomes: readonly Outcome[];
  /** How far the vectors are from their initial values. */
  readonly moved: Moved;
}

/** The key of the metadata, and its version. */
const format = "autt.subject", version = 1;

type Information = Omit<SubjectState, "tuning"> & { readonly step: number };

/** Encodes a state as a safetensors file. Refuses numbers that are not finite: JSON has none. */
export function encodeSubject({ tuning, ...info }: SubjectState): Uint8Array<ArrayBuffer> {
  const { shape } = info, { context, m, v, step } = tuning;
  const part = (data: Float32Array<ArrayBuffer>): TensorToWrite => {
    data.forEach((x, i) => checkFinite(`number ${i}`, x));
    return { dtype: "F32", shape, data };
  };
  return encodeSafetensors(
    { context: part(context), m: part(m), v: part(v) },
    { [format]: JSON.stringify({ version, ...info, step }, checkFinite) },
  );
}

/** Gives a value back, unless it is a number that is not finite: JSON would say null instead. */
function checkFinite(name: string, value: unknown): unknown {
  if (typeof value !== "number" || Number.isFinite(value)) return value;
  throw new RangeError(
    `Cannot save what is known of a person: ${name} is ${value}, and only finite numbers can be read ` +
      `again; a file that was there stays as it was`,
  );
}

/** Reads a state from an open file. */
export async function readSubject(file: TensorFile): Promise<SubjectState> {
  const refuse = (why: string) => new FormatError(`Cannot read the subject "${file.name}": ${why}`);
  const info = readMetadata<Information>(file, { format, version }, refuse);
  if (!info) throw refuse("it is no state of a subject");
  if (!isInformation(info)) throw refuse("its metadata is not complete");
  const { model, settings, shape, step, outcomes, moved } = info;
  const read = async (name: string) => {
    const tensor = file.tensors.get(name);
    if (tensor?.shape.join() !== shape.join()) {
      throw refuse(`${name} must be [${shape}]: got [${tensor?.shape ?? "nothing"}]`);
    }
    const numbers = toFloat32(tensor.dtype, await file.read(name));
    if (!numbers.every(Number.isFinite)) throw refuse(`${name} has numbers that are not finite`);
    return numbers;
  };
  const tuning = { context: await read("context"), m: await read("m"), v: await read("v"), step };
  return { model, settings, shape, tuning, outcomes, moved };
}

/** Whether the metadata is complete. */
function isInformation(info: Partial<Information>): info is Information {
  const { model, settings, shape, step, outcomes, moved } = info;
  const wholes = (numbers: unknown[]) =>
    numbers.every((x) => Number.isSafeInteger(x) && Number(x) >= 0);
  return typeof model === "string" && typeof settings === "object" && settings !== null &&
    Array.isArray(shape) && shape.length === 3 && wholes([...shape, step]) &&
    Number.isFinite(moved?.distance) && Number.isFinite(moved?.largest) &&
    Array.isArray(outcomes) &&
    outcomes.every((outcome: Outcome | null) =>
      wholes([outcome?.classBefore, outcome?.classAfter]) &&
      Number.isFinite(outcome?.entropyBefore) && Number.isFinite(outcome?.entropyAfter)
    );
}

/** Throws unless a state belongs to the model and the settings in use. */
export function checkSubject(state: SubjectState, wanted: SubjectState): void {
  const refuse = (what: string, got: string | undefined, expected: string | undefined) =>
    new TypeError(
      `Cannot continue with what was learnt of this person: its ${what} is ${got}, and ${expected} ` +
        "is in use: use the same, or delete it with `./autt subject NAME --delete`",
    );
  if (state.model !== wanted.model) {
    const rounding = roundingMismatch(state.model, wanted.model);
    if (rounding) throw new TypeError(`Cannot go on with this subject: ${rounding}, or begin anew`);
    throw refuse("model", short(state.model), short(wanted.model));
  }
  const names = new Set(Object.keys({ ...state.settings, ...wanted.settings }));
  names.delete("steps"); // may differ from video to video
  for (const name of names as Set<keyof TuningSettings>) {
    // Compared as JSON, since lists are equal by content here.
    const [got, expected] = [state, wanted].map(({ settings }) => JSON.stringify(settings[name]));
    if (got !== expected) throw refuse(`setting "${name}"`, got, expected);
  }
  if (state.shape.join() !== wanted.shape.join()) {
    throw refuse("shape", `[${state.shape}]`, `[${wanted.shape}]`);
  }
}

/** The first digits of a model's two fingerprints. */
function short(model: string): string {
  return model.split("+").map((part) => part.slice(0, 12)).join("+");
}
