import { join } from "node:path";
import { environment } from "../../engine/mod.ts";
import {
  findCheckpoint,
  findModel,
  missingFiles,
  parseHubName,
  pinnedFolder,
  pinnedModel,
} from "../../io/hub/find_model.ts";
import { getFromHub, getPinned } from "../../io/hub/get_model.ts";
import { fileSize } from "../../io/files/file_size.ts";
import { listCache } from "../../io/hub/hub_cache.ts";
import { type HubSettings, hubSettings } from "../../io/hub/hub_settings.ts";
import { importModel } from "../../io/hub/import_model.ts";
import { type PinnedModel, pinnedModels } from "../../io/hub/model_files.ts";
import { stoppable } from "../terminal/interrupt.ts";
import { formatBytes, progressLine } from "../terminal/progress_line.ts";
import { checkWeights } from "./check_weights.ts";
import { parseOptions, switches, texts, UsageError, userPath } from "../terminal/terminal.ts";

const help = `Downloads the weights of models once; from then on no network is needed.

usage: ./autt weights                             what is here, and what can be downloaded
       ./autt weights NAME                        downloads a model of that list
       ./autt weights ORG/REPO[@REVISION]         downloads any CLIP from the hub
       ./autt weights --from FILE_OR_FOLDER NAME  imports a checkpoint that you have
       ./autt weights --check NAME                compares with numbers that its publisher tests it with
  --offline         never open a connection: say what is missing
  --picture FILE    the picture to check with, if you have it (default: fetched, 173 kB)
  --list            all models on this machine, the hub's cache included
  -h, --help        this text

The folder with the files is printed on standard output. A download that was interrupted continues where
it stopped. Models of the list have a fixed commit, and their checksums are verified.

  HF_HUB_CACHE, HF_HOME, XDG_CACHE_HOME   the cache, shared with Python (~/.cache/huggingface/hub)
  AUTT_MODELS, XDG_DATA_HOME              models from elsewhere (~/.local/share/autt/models)
  HF_ENDPOINT                             a mirror of the hub
  HF_TOKEN, HF_TOKEN_PATH                 for models that need a login; sent to the hub only
  HF_HUB_OFFLINE=1                        the same as --offline

Exit codes: 0 done, 1 an error, 2 an invalid command line, 130 Ctrl-C`;

/** The `weights` command: lists, downloads and imports models. */
export async function weights(args: string[]): Promise<number> {
  const { values, positionals: [name, ...more] } = parseOptions(args, {
    ...texts("from", "check", "picture"),
    ...switches("offline", "list"),
  }, help);
  if (more.length > 0) throw new UsageError(`Cannot get more than one model at once: ${more[0]}`);
  const hub = hubSettings(environment);
  const settings = { ...hub, offline: hub.offline || values.offline };
  if (values.check !== undefined) {
    if (name !== undefined || values.from !== undefined) {
      throw new UsageError("Cannot check and get at once: --check NAME goes without another model");
    }
    return await checkWeights(values.check, values.picture, settings);
  }
  if (values.picture !== undefined) {
    throw new UsageError("Cannot use --picture without --check NAME");
  }
  return await getWeights(name, values, settings);
}

/** Lists models, imports one or downloads one. */
async function getWeights(
  name: string | undefined,
  values: { readonly from?: string; readonly list: boolean },
  settings: HubSettings,
): Promise<number> {
  if (name === undefined) {
    if (values.from !== undefined) {
      throw new UsageError("Cannot import without a name: --from FILE_OR_FOLDER NAME");
    }
    console.log((await listModels(settings, values.list)).join("\n"));
    return 0;
  }
  if (values.from !== undefined) {
    console.log(await importModel(userPath(values.from), name, settings));
    return 0;
  }
  const found = await findModel(name, settings);
  const hub = parseHubName(name);
  const model = pinnedModel(name);
  // A repository without a fixed commit may have changed: only the hub knows.
  const settled = found !== undefined && (model || !hub);
  if (settled || found !== undefined && settings.offline) {
    console.log(found);
    return 0;
  }
  if (!model && !hub) {
    throw new UsageError(
      `Cannot get "${name}": no such model: take ORG/REPO of the hub, or one of ${
        pinnedModels.map((known) => known.name).join(", ")
      }`,
    );
  }
  if (settings.offline) throw await offlineError(name, model, settings);
  return await stoppable(async (signal) => {
    const options = {
      signal,
      onProgress: progressLine(standardError),
      onWait: (lock: string) =>
        console.error(`waiting for another download of the same (its lock is ${lock}) …`),
    };
    const getting = model
      ? getPinned(model, settings, options)
      : getFromHub(hub!, settings, options);
    console.log(await getting);
    return 0;
  }, "\ninterrupted: the same command goes on from there");
}

const standardError = {
  terminal: Deno.stderr.isTerminal(),
  write: (text: string) => void Deno.stderr.writeSync(new TextEncoder().encode(text)),
};

async function offlineError(
  name: string,
  model: PinnedModel | undefined,
  settings: HubSettings,
): Promise<Error> {
  const missing = model
    ? (await missingFiles(model, settings)).map((file) => file.name).join(", ")
    : "its checkpoint";
  const folder = model ? pinnedFolder(model, settings) : settings.cache;
  return new Error(
    `Cannot get "${name}" offline: not in ${folder}: ${missing}: run \`./autt weights ${name}\` ` +
      "with a network, or take files that you have: `./autt weights --from FILE NAME`",
  );
}

async function listModels(settings: HubSettings, all: boolean): Promise<string[]> {
  const lines = ["Models with a name:"];
  const width = Math.max(...pinnedModels.map(({ name }) => name.length));
  for (const model of pinnedModels) {
    const { name, hub } = model;
    const found = await findModel(name, settings);
    const imported = found !== undefined && found !== pinnedFolder(model, settings);
    const source = imported
      ? "imported"
      : hub
      ? `${hub.repo}@${hub.commit.slice(0, 8)}`
      : "openai, the original file";
    const bytes = found === undefined
      ? model.files.reduce((sum, file) => sum + (file.size ?? 0), 0)
      : await folderBytes(found);
    lines.push(
      `  ${name.padEnd(width)}  ${found === undefined ? "not here" : "here    "}  ` +
        `${formatBytes(bytes).padStart(6)}  ${source}`,
      ...(found === undefined ? [] : [`  ${" ".repeat(width)}  ${found}`]),
    );
  }
  const known = new Set(pinnedModels.map(({ name }) => name));
  const others = [...await listImported(settings, known), ...all ? await listHub(settings) : []];
  if (others.length > 0) lines.push("", "Others:", ...others);
  const first = pinnedModels[0]!.name;
  lines.push("", `Get one: ./autt weights ${first}`);
  return lines;
}

async function listImported(settings: HubSettings, known: ReadonlySet<string>): Promise<string[]> {
  const lines: string[] = [];
  try {
    for await (const { name } of Deno.readDir(settings.models)) {
      if (known.has(name) || name.startsWith(".")) continue;
      lines.push(...await lineOf(name, join(settings.models, name)));
    }
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
  return lines.sort();
}

async function listHub({ cache }: HubSettings): Promise<string[]> {
  const lines: string[] = [];
  const pinned = new Set(pinnedModels.map(({ hub }) => hub?.commit));
  for (const { repo, commit, folder } of await listCache(cache)) {
    if (pinned.has(commit)) continue;
    lines.push(...await lineOf(`${repo}@${commit.slice(0, 8)}`, folder));
  }
  return lines;
}

/** A line about a folder, if a checkpoint is in it. */
async function lineOf(name: string, folder: string): Promise<string[]> {
  if (await findCheckpoint(folder) === undefined) return [];
  return [`  ${name}  ${formatBytes(await folderBytes(folder))}  ${folder}`];
}

async function folderBytes(path: string): Promise<number> {
  const whole = await fileSize(path);
  if (whole !== undefined) return whole;
  let bytes = 0;
  for await (const { name } of Deno.readDir(path)) bytes += await fileSize(join(path, name)) ?? 0;
  return bytes;
}
