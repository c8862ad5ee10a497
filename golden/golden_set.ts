import { fileSize } from "../io/files/file_size.ts";
import { bytesPerStored, toFloat32 } from "../io/tensors/stored_type.ts";
import { openTensors } from "../io/tensors/open_tensors.ts";
import { storedTensor, type TensorFile } from "../io/tensors/tensor_file.ts";
import { exact, type Tolerance } from "./report.ts";

/** The files with golden numbers. */
const known = [
  "tokenizer.json",
  "preprocess.safetensors",
  "misc.json",
  "tiny_golden.safetensors",
  "loop.safetensors",
  "real_golden.safetensors",
] as const;

/** A folder of golden numbers. */
export class GoldenSet {
  readonly folder: string;
  readonly #vocabulary: string | undefined;

  /** An explicit vocabulary takes precedence over one in the folder. */
  constructor(folder: string, vocabulary?: string) {
    this.folder = folder;
    this.#vocabulary = vocabulary;
  }

  /** Whether the folder has any golden file. */
  async hasAny(others: readonly string[] = []): Promise<boolean> {
    const found = await Promise.all([...known, ...others].map((file) => this.has(file)));
    return found.includes(true);
  }

  /** Where CLIP's vocabulary is, if there is one. */
  async vocabulary(): Promise<string | undefined> {
    const file = "bpe_simple_vocab_16e6.txt.gz";
    return this.#vocabulary ?? (await this.has(file) ? `${this.folder}/${file}` : undefined);
  }

  async has(file: string): Promise<boolean> {
    return await fileSize(`${this.folder}/${file}`) !== undefined;
  }

  async json<T>(file: string): Promise<T> {
    const text = await Deno.readTextFile(`${this.folder}/${file}`);
    try {
      return JSON.parse(text);
    } catch (error) {
      throw new TypeError(`Cannot read "${this.folder}/${file}": ${(error as Error).message}`);
    }
  }

  async tensors(file: string): Promise<TensorFile> {
    return await openTensors(`${this.folder}/${file}`);
  }
}

/** A golden tensor as numbers; 32-bit integers are exact in float64. */
export async function numbersOf(file: TensorFile, name: string): Promise<Float64Array> {
  const { dtype } = storedTensor(file, name), bytes = await file.read(name);
  if (dtype === "I32") return Float64Array.from(new Int32Array(bytes.buffer));
  if (dtype === "F64") return new Float64Array(bytes.buffer);
  return Float64Array.from(toFloat32(dtype, bytes));
}

/** The tolerances of golden tensors; integers must be equal. */
export function tolerancesOf(
  { tolerances }: ToleranceFile,
  file: TensorFile,
): (name: string) => Tolerance {
  return (name) => {
    if (!storedTensor(file, name).dtype.startsWith("F")) return exact;
    const found = tolerances[name];
    if (found) return { relative: found.tol_rel_fro, absolute: found.tol_abs };
    throw new TypeError(`Cannot compare "${name}": "${file.name}" comes without its tolerance`);
  };
}

/** `*_tolerances.json`. */
export interface ToleranceFile {
  readonly tolerances: Readonly<
    Record<string, { readonly tol_rel_fro: number; readonly tol_abs: number }>
  >;
}

/** A checkpoint in which token embeddings that its prompts don't need are zero. */
export async function withTokenRows(file: TensorFile, prefix: string): Promise<TensorFile> {
  const ids = await numbersOf(file, `${prefix}token_embedding.ids`);
  const rows = `${prefix}token_embedding.rows`,
    { dtype, shape: [, width = 0] } = storedTensor(file, rows);
  const table = `${prefix}token_embedding.weight`;
  const tensors = new Map(file.tensors).set(table, { dtype, shape: [49408, width] });
  return {
    name: file.name,
    metadata: file.metadata,
    tensors,
    async read(name, range) {
      if (name !== table) return await file.read(name, range);
      const row = width * bytesPerStored[dtype];
      const { first, count } = range ?? { first: 0, count: 49408 };
      const bytes = new Uint8Array(count * row);
      for (let i = 0; i < count; i++) {
        const at = ids.indexOf(first + i);
        if (at >= 0) bytes.set(await file.read(rows, { first: at, count: 1 }), i * row);
      }
      return bytes;
    },
    [Symbol.dispose]: () => file[Symbol.dispose](),
  };
}
