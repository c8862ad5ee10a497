import { openFile } from "../files/open_file.ts";
import { readTensors } from "./read_tensors.ts";
import type { TensorFile } from "./tensor_file.ts";

/** Opens a file of weights by its path, safetensors or PyTorch. */
export async function openTensors(path: string): Promise<TensorFile> {
  return await readTensors(await openFile(path));
}
