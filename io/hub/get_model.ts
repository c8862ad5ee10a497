import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileSize } from "../files/file_size.ts";
import { modelAdvice, writing } from "../files/writing.ts";
import { download, type DownloadOptions, type DownloadRequest } from "./download.ts";
import { checkpointNames, type HubName, missingFiles, pinnedFolder } from "./find_model.ts";
import { blobLockPath, blobPath, nameBlob, rememberCommit, snapshotFolder } from "./hub_cache.ts";
import { hubCredential, remoteFile, remoteRevision } from "./hub_remote.ts";
import type { HubSettings } from "./hub_settings.ts";
import type { ModelFile, PinnedModel } from "./model_files.ts";
import type { Checksum } from "./partial_file.ts";

/** Options of downloading a model's files. */
export interface GetOptions extends Omit<DownloadOptions, "credential" | "onProgress"> {
  /** Called with the number of bytes of each file that have arrived. */
  readonly onProgress?:
    | ((file: string, done: number, total: number | undefined) => void)
    | undefined;
  /** Called once with a lock's path if another process holds it for a while. */
  readonly onWait?: (path: string) => void;
}

/** The small files to fetch from a repository, if it has them. */
export const smallFiles: readonly string[] = [
  "config.json",
  "preprocessor_config.json",
  "vocab.json",
  "merges.txt",
  "tokenizer.json",
];

const sha256 = (hex: string | undefined): Checksum[] =>
  hex === undefined ? [] : [{ kind: "sha256", hex }];

/** Downloads a model's missing files, one after the other, and returns its folder. */
export async function getPinned(
  model: PinnedModel,
  settings: HubSettings,
  options: GetOptions = {},
): Promise<string> {
  const folder = pinnedFolder(model, settings);
  const { hub } = model;
  for (const file of await missingFiles(model, settings)) {
    if (hub) await getHubFile(settings, hub.repo, hub.commit, file, options);
    else await getFromUrl(settings, model.name, folder, file, options);
  }
  return folder;
}

/** Downloads a hub repository's current checkpoint and small files, and returns the folder. */
export async function getFromHub(
  { repo, revision }: HubName,
  settings: HubSettings,
  options: GetOptions = {},
): Promise<string> {
  const { endpoint, cache } = settings;
  const { onProgress: _, ...rest } = options;
  const credential = await hubCredential(settings);
  const { commit, files } = await remoteRevision(endpoint, repo, revision, { ...rest, credential });
  const checkpoint = checkpointNames.find((name) => files.includes(name));
  if (checkpoint === undefined) {
    throw new Error(
      `Cannot download ${repo}: it has none of ${checkpointNames.join(", ")}: ` +
        "choose another repository, or import a file with --from",
    );
  }
  const folder = snapshotFolder(cache, repo, commit);
  const wanted = [...smallFiles.filter((name) => files.includes(name)), checkpoint];
  for (const name of wanted) {
    if (await fileSize(join(folder, name)) !== undefined) continue;
    await getHubFile(settings, repo, commit, { name }, options);
  }
  await rememberCommit(cache, repo, revision, commit);
  return folder;
}

async function getHubFile(
  settings: HubSettings,
  repo: string,
  commit: string,
  file: ModelFile,
  { onProgress, ...rest }: GetOptions,
): Promise<void> {
  const { endpoint, cache } = settings;
  const options = { ...rest, credential: await hubCredential(settings) };
  const { url, etag, size: said, ...remote } = await remoteFile(
    endpoint,
    repo,
    commit,
    file.name,
    options,
  );
  const size = file.size ?? said;
  const agree = (kind: string, got: string, wanted: string) => {
    if (got === wanted) return;
    throw new Error(
      `Cannot download ${url}: the server has the ${kind} ${got}, not ${wanted}: check HF_ENDPOINT`,
    );
  };
  agree("commit", remote.commit, commit);
  const large = /^[0-9a-f]{64}$/.test(etag) ? etag : undefined, hex = file.sha256 ?? large;
  if (large !== undefined) agree("sha256", large, file.sha256 ?? large);
  const checksums = sha256(hex);
  // Git's checksum includes the size. ETags of mirrors may be anything and are not checked.
  if (/^[0-9a-f]{40}$/.test(etag)) {
    if (size === undefined) {
      throw new Error(
        `Cannot download ${url}: the server does not say how long it is, so that its checksum can't ` +
          `be checked: check HF_ENDPOINT and any proxy`,
      );
    }
    checksums.push({ kind: "git", hex: etag });
  }
  const blob = blobPath(cache, repo, etag);
  using _lock = await lockFile(blobLockPath(cache, repo, etag), options);
  await fetchMissing({ url, to: blob, size, checksums }, file.name, { ...options, onProgress });
  await nameBlob(blob, join(snapshotFolder(cache, repo, commit), file.name));
}

async function getFromUrl(
  { models }: HubSettings,
  model: string,
  folder: string,
  file: ModelFile,
  options: GetOptions,
): Promise<void> {
  const { name, url, size, sha256: hex } = file;
  if (url === undefined) throw new TypeError(`Cannot download ${name}: it has no address`);
  using _lock = await lockFile(join(models, ".locks", `${model}--${name}.lock`), options);
  await fetchMissing({ url, to: join(folder, name), size, checksums: sha256(hex) }, name, options);
}

/** Downloads a file whose lock is held, unless another process was faster. */
async function fetchMissing(
  request: DownloadRequest,
  name: string,
  { onProgress, ...options }: GetOptions & Pick<DownloadOptions, "credential">,
): Promise<void> {
  const there = await fileSize(request.to);
  if (there !== undefined && there === (request.size ?? there)) return;
  await download(request, {
    ...options,
    ...(onProgress && { onProgress: (done, total) => onProgress(name, done, total) }),
  });
}

/** A wait counts as long once the polling interval reaches this, in milliseconds. */
const longWait = 160;

/**
 * Waits for a lock that other processes respect too, such as Python's huggingface_hub. The lock file
 * is kept: removing it would let two processes hold locks on two files of the same name.
 */
export async function lockFile(
  path: string,
  { signal, onWait }: Pick<GetOptions, "signal" | "onWait"> = {},
): Promise<Disposable> {
  const file = await writing(path, async () => {
    await Deno.mkdir(dirname(path), { recursive: true });
    return await Deno.open(path, { read: true, write: true, create: true });
  }, modelAdvice);
  try {
    // Polled, because a blocking wait could not be aborted.
    for (let wait = 5; !await file.tryLock(true); wait = Math.min(2 * wait, 250)) {
      if (wait === longWait) onWait?.(path);
      await sleep(wait);
      signal?.throwIfAborted();
    }
  } catch (error) {
    file.close();
    throw error;
  }
  return { [Symbol.dispose]: () => file.close() };
}
