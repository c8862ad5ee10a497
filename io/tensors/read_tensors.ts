import type { ByteSource } from "../files/byte_source.ts";
import { FormatError, type Refuse } from "../files/format_error.ts";
import { openPytorch } from "../pytorch/pytorch.ts";
import { openSafetensors } from "./safetensors.ts";
import type { TensorFile } from "./tensor_file.ts";

/** Reads a file of weights, safetensors or PyTorch, by its first bytes and not its name. The file owns the source. */
export async function readTensors(source: ByteSource): Promise<TensorFile> {
  try {
    return await readByContent(source);
  } catch (error) {
    source[Symbol.dispose]();
    throw error;
  }
}

async function readByContent(source: ByteSource): Promise<TensorFile> {
  const refuse: Refuse = (why) => new FormatError(`Cannot read "${source.name}": ${why}`);
  if (source.size === 0) throw refuse("it is empty: download it again");
  const start = await source.read(0, Math.min(source.size, 256)), [first, second = 0] = start;
  // Checked first, because a safetensors file may begin with any bytes.
  if (start[8] === 0x7b) return await openSafetensors(source);
  const isZip = first === 0x50 && second === 0x4b;
  const isPickle = first === 0x80 && second >= 2 && second <= 5; // protocols 2 to 5
  if (isZip || isPickle) return await openPytorch(source);
  const text = new TextDecoder().decode(start).trimStart().toLowerCase();
  if (text.startsWith("version https://git-lfs")) {
    throw refuse("it is a git-lfs pointer, not the weights: run `git lfs pull` beside it");
  }
  if (text.startsWith("<")) {
    throw refuse("it is a web page, not the weights: download it by the link to the file itself");
  }
  throw refuse("it is neither safetensors nor a PyTorch archive (.pth, .pt)");
}
