import { dirname, join } from "node:path";
import { findCheckpoint, importedFolder } from "./find_model.ts";
import { FormatError } from "./format_error.ts";
import { smallFiles } from "./get_model.ts";
import { fileSize } from "./hub_cache.ts";
import type { HubSettings } from "./hub_settings.ts";
import { pinnedModels } from "./model_files.ts";

/** Copies a checkpoint, and the small files that lie beside it, into our place: gives the folder. */
export async function importModel(
  from: string,
  name: string,
  settings: HubSettings,
): Promise<string> {
  const folder = importedFolder(name, settings);
  if (folder === undefined || pinnedModels.some((model) => !model.hub && model.name === name)) {
    throw new TypeError(
      `Cannot import as ${JSON.stringify(name)}: ` +
        (folder ? "that is a download's name" : "a name has letters, digits, dots and dashes"),
    );
  }
  if (await findCheckpoint(folder) !== undefined) {
    throw new Error(
      `Cannot import "${from}": there is a "${name}" in ${folder}: remove it, or take another name`,
    );
  }
  const checkpoint = await findCheckpoint(from);
  if (checkpoint === undefined) {
    throw new Deno.errors.NotFound(
      `Cannot import "${from}": no such file, and no folder with a model.safetensors, ` +
        "pytorch_model.bin or model.pt in it: give the path of the checkpoint",
    );
  }
  const kind = await checkpointKind(checkpoint);
  const part = join(settings.models, `.${crypto.randomUUID()}.part`);
  try {
    await Deno.mkdir(part, { recursive: true });
    await Deno.copyFile(
      checkpoint,
      join(part, kind === "safetensors" ? "model.safetensors" : "model.pt"),
    );
    // What lies beside it belongs to it: the config decides on the numbers, the vocabulary on the ids.
    for (const small of [...smallFiles, "bpe_simple_vocab_16e6.txt.gz"]) {
      const path = join(dirname(checkpoint), small);
      if (await fileSize(path) !== undefined) await Deno.copyFile(path, join(part, small));
    }
    await Deno.rename(part, folder);
  } catch (error) {
    await Deno.remove(part, { recursive: true }).catch(() => {});
    throw error;
  }
  return folder;
}

/** Which kind of checkpoint a file is, by its first bytes alone. */
async function checkpointKind(path: string): Promise<"safetensors" | "zip"> {
  using file = await Deno.open(path);
  const { size } = await file.stat();
  const head = new Uint8Array(9);
  const count = await file.read(head) ?? 0;
  const text = String.fromCharCode(...head.subarray(0, count));
  if (text.startsWith("PK\x03\x04")) return "zip";
  const length = new DataView(head.buffer).getBigUint64(0, true);
  if (text[8] === "{" && length <= BigInt(size - 8)) return "safetensors";
  throw new FormatError(
    `Cannot import "${path}": ${
      text.startsWith("version ")
        ? "it only stands for a file that Git LFS keeps: run `git lfs pull` where it is"
        : text.startsWith("\x80")
        ? "it is PyTorch's format from before 1.6: save it once more with torch.save"
        : "it is neither safetensors nor a zip file as torch.save writes it"
    }`,
  );
}
