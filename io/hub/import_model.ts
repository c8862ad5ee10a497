import { dirname, join } from "node:path";
import { findCheckpoint, importedFolder } from "./find_model.ts";
import { openFile } from "../files/open_file.ts";
import { openTensors } from "../tensors/open_tensors.ts";
import { modelAdvice, writing } from "../files/writing.ts";
import { smallFiles } from "./get_model.ts";
import { fileSize } from "../files/file_size.ts";
import type { HubSettings } from "./hub_settings.ts";
import { pinnedModels } from "./model_files.ts";

/** Copies a checkpoint and the small files beside it into our folder, and returns the model's folder. */
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
    await writing(folder, async () => {
      await Deno.mkdir(part, { recursive: true });
      const name = kind === "safetensors" ? "model.safetensors" : "model.pt";
      await Deno.copyFile(checkpoint, join(part, name));
    }, modelAdvice);
    // The files beside it belong to it: the config sets the sizes, the vocabulary the token ids.
    for (const small of [...smallFiles, "bpe_simple_vocab_16e6.txt.gz"]) {
      const path = join(dirname(checkpoint), small);
      if (await fileSize(path) !== undefined) await Deno.copyFile(path, join(part, small));
    }
    await writing(folder, () => Deno.rename(part, folder), modelAdvice);
  } catch (error) {
    await Deno.remove(part, { recursive: true }).catch(() => {});
    throw error;
  }
  return folder;
}

/** Which kind of checkpoint a file is. Throws unless it can be opened as one. */
async function checkpointKind(path: string): Promise<"safetensors" | "zip"> {
  using _opened = await openTensors(path);
  using file = await openFile(path);
  const [p, k] = await file.read(0, 2);
  return p === 0x50 && k === 0x4B ? "zip" : "safetensors";
}
