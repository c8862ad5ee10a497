import { ifThere } from "../files/if_there.ts";
import { basename, dirname, join, relative } from "node:path";

// <cache>/models--org--name/blobs/<etag>                     the bytes, by what the hub calls them
//                          /snapshots/<commit>/<file>        a link to them, by their name
//                          /refs/<branch>                    the commit that a branch stood at
//        /.locks/models--org--name/<etag>.lock               held while the bytes are fetched

/** A revision of a repository in the cache. */
export interface CachedRevision {
  readonly repo: string;
  readonly commit: string;
  readonly folder: string;
}

const isCommit = (revision: string) => /^[0-9a-f]{40}$/.test(revision);

// Some of these come from a server; none may lead out of the cache.
function checkName(kind: string, name: string): string {
  const parts = name.split("/");
  if (parts.every((part) => /^[\w.-]+$/.test(part) && !/^\.+$/.test(part))) return name;
  throw new TypeError(`Cannot use ${JSON.stringify(name)} as ${kind}: it is not a plain name`);
}

/** The folder of a repository. */
export function repoFolder(cache: string, repo: string): string {
  return join(cache, `models--${checkName("a repository", repo).replaceAll("/", "--")}`);
}

/** The path of the bytes with an ETag. */
export function blobPath(cache: string, repo: string, etag: string): string {
  return join(repoFolder(cache, repo), "blobs", basename(checkName("an ETag", etag)));
}

/** The lock file that keeps other processes, Python too, from fetching the same bytes. */
export function blobLockPath(cache: string, repo: string, etag: string): string {
  const folder = basename(repoFolder(cache, repo));
  return join(cache, ".locks", folder, `${basename(checkName("an ETag", etag))}.lock`);
}

/** The folder with the files of a commit. */
export function snapshotFolder(cache: string, repo: string, commit: string): string {
  return join(repoFolder(cache, repo), "snapshots", checkName("a commit", commit));
}

function refPath(cache: string, repo: string, revision: string): string {
  return join(repoFolder(cache, repo), "refs", checkName("a revision", revision));
}

/** The last known commit of a branch or tag. */
export async function cachedCommit(
  cache: string,
  repo: string,
  revision: string,
): Promise<string | undefined> {
  if (isCommit(revision)) return revision;
  const commit = (await ifThere(Deno.readTextFile(refPath(cache, repo, revision))))?.trim();
  return commit !== undefined && isCommit(commit) ? commit : undefined;
}

/** Remembers the commit of a branch or tag. */
export async function rememberCommit(
  cache: string,
  repo: string,
  revision: string,
  commit: string,
): Promise<void> {
  if (isCommit(revision)) return;
  const path = refPath(cache, repo, revision);
  await Deno.mkdir(dirname(path), { recursive: true });
  await Deno.writeTextFile(path, commit);
}

/**
 * Makes a blob available in the folder of a commit: by a link, or by moving it where links are not
 * possible (Windows without developer mode), as Python does.
 */
export async function nameBlob(blob: string, path: string): Promise<void> {
  await Deno.mkdir(dirname(path), { recursive: true });
  await Deno.remove(path).catch(() => {}); // a link to a blob that is gone, or a damaged file
  try {
    await Deno.symlink(relative(dirname(path), blob), path);
  } catch (error) {
    if (error instanceof Deno.errors.AlreadyExists) return; // another process was faster
    await Deno.rename(blob, path);
  }
}

async function folderNames(path: string): Promise<string[]> {
  const entries = await ifThere(Array.fromAsync(Deno.readDir(path))) ?? [];
  return entries.filter((entry) => entry.isDirectory).map(({ name }) => name).sort();
}

/** Every revision of every model in the cache. */
export async function listCache(cache: string): Promise<CachedRevision[]> {
  const found: CachedRevision[] = [];
  for (const folder of await folderNames(cache)) {
    const [kind, ...name] = folder.split("--");
    if (kind !== "models" || name.length === 0) continue;
    const snapshots = join(cache, folder, "snapshots");
    for (const commit of await folderNames(snapshots)) {
      found.push({ repo: name.join("/"), commit, folder: join(snapshots, commit) });
    }
  }
  return found;
}
