import { join, resolve } from "node:path";
import { fileSize } from "../files/file_size.ts";
import { cachedCommit, snapshotFolder } from "./hub_cache.ts";
import type { HubSettings } from "./hub_settings.ts";
import { type ModelFile, type PinnedModel, pinnedModels } from "./model_files.ts";

/** File names of checkpoints; the first that exists is used. */
export const checkpointNames: readonly string[] = [
  "model.safetensors",
  "pytorch_model.bin",
  "model.pt",
];

/** A repository of the hub as the user writes it: ORG/REPO or ORG/REPO@REVISION. */
export interface HubName {
  readonly repo: string;
  readonly revision: string;
}

/** Takes ORG/REPO@REVISION apart; nothing if it is of another form. */
export function parseHubName(name: string): HubName | undefined {
  const [, repo, revision = "main"] = /^([\w.-]+\/[\w.-]+)(?:@([\w./-]+))?$/.exec(name) ?? [];
  return repo === undefined || /(^|\/)\.+($|\/)/.test(`${repo}/${revision}`)
    ? undefined
    : { repo, revision };
}

/** The pinned model of a name or repository. */
export function pinnedModel(name: string): PinnedModel | undefined {
  return pinnedModels.find((model) => model.name === name || model.hub?.repo === name);
}

/** Where a pinned model is, or will be. */
export function pinnedFolder({ name, hub }: PinnedModel, { cache, models }: HubSettings): string {
  return hub ? snapshotFolder(cache, hub.repo, hub.commit) : join(models, name);
}

/** Where an imported model of a name is, or will be; nothing if it can't be a name. */
export function importedFolder(name: string, { models }: HubSettings): string | undefined {
  return /^\w[\w.-]*$/.test(name) ? join(models, name) : undefined;
}

/** The files of a pinned model that are not in its folder, or not of their size. */
export async function missingFiles(
  model: PinnedModel,
  settings: HubSettings,
): Promise<ModelFile[]> {
  const folder = pinnedFolder(model, settings);
  const missing: ModelFile[] = [];
  for (const file of model.files) {
    const size = await fileSize(join(folder, file.name));
    if (size === undefined || size !== (file.size ?? size)) missing.push(file);
  }
  return missing;
}

/** The checkpoint in a folder, or the file itself; nothing if there is none. */
export async function findCheckpoint(path: string): Promise<string | undefined> {
  if (await fileSize(path) !== undefined) return path;
  const openAi = pinnedModels.filter(({ hub }) => !hub).map(({ files }) => files[0]!.name);
  for (const name of [...checkpointNames, ...openAi]) {
    const file = join(path, name);
    if (await fileSize(file) !== undefined) return file;
  }
}

/**
 * The folder that holds a model: by its name here, by its repository on the hub (`ORG/REPO` or
 * `ORG/REPO@REVISION`), or by a path to it; a path to a checkpoint is given back as it is, and
 * `findCheckpoint` takes either. Looks only at what is on this machine.
 */
export async function findModel(
  name: string,
  settings: HubSettings,
): Promise<string | undefined> {
  const holding = async (folder: string | undefined) =>
    folder !== undefined && await findCheckpoint(folder) !== undefined ? folder : undefined;
  const model = pinnedModel(name);
  if (model?.hub || !model) {
    // Imported models come first, since the user put them there.
    const imported = await holding(importedFolder(name, settings));
    if (imported !== undefined) return imported;
  }
  if (model && (await missingFiles(model, settings)).length === 0) {
    return pinnedFolder(model, settings);
  }
  const hub = parseHubName(name);
  const commit = hub && await cachedCommit(settings.cache, hub.repo, hub.revision);
  if (hub && commit !== undefined && !model) {
    const folder = await holding(snapshotFolder(settings.cache, hub.repo, commit));
    if (folder !== undefined) return folder;
  }
  const path = resolve(settings.folder, name);
  return await holding(path);
}
