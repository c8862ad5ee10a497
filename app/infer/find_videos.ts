import { basename, join } from "node:path";
import { ifThere } from "../../io/files/if_there.ts";
import { isFolder } from "../../io/files/is_folder.ts";
import { UsageError, userPath } from "../terminal/terminal.ts";

/** A video's name and path. */
export interface NamedVideo {
  readonly name: string;
  readonly path: string;
}

const endings = /\.(mp4|m4v|mov|mkv|webm|avi|mpe?g|wmv|flv|m2?ts|3gp|ogv)$/i;

/** Lists the given videos and those in the given folders. */
export async function listVideos(names: readonly string[]): Promise<NamedVideo[]> {
  const all: NamedVideo[] = [];
  for (const name of names) {
    const path = userPath(name);
    if (await isFolder(path)) all.push(...await findVideos(path));
    else all.push({ name: basename(path), path });
  }
  const twice = all.find(({ name }, i) => all.findIndex((other) => other.name === name) < i);
  if (twice) {
    throw new UsageError(
      `Cannot write two videos named "${twice.name}" to one folder: take them apart`,
    );
  }
  return all;
}

/**
 * Finds the videos in a folder and its subfolders, sorted by name; links are followed, hidden files are
 * skipped.
 *
 * @param open The real paths of the folders that this one is in: a link back to one of them is left out.
 */
async function findVideos(
  folder: string,
  name = "",
  open: readonly string[] = [],
): Promise<NamedVideo[]> {
  const found: NamedVideo[] = [], real = await Deno.realPath(folder);
  if (open.includes(real)) return [];
  for await (const entry of Deno.readDir(folder)) {
    if (entry.name.startsWith(".")) continue;
    const own = {
      name: name ? `${name}/${entry.name}` : entry.name,
      path: join(folder, entry.name),
    };
    const { isDirectory, isFile } = entry.isSymlink
      ? await ifThere(Deno.stat(own.path)) ?? entry
      : entry;
    if (isDirectory) found.push(...await findVideos(own.path, own.name, [...open, real]));
    else if (isFile && endings.test(entry.name)) found.push(own);
  }
  return found.sort((a, b) => a.name < b.name ? -1 : 1);
}

/** One of several equal parts of a list, for sharing work between machines: `2/5` is the second of five. */
export function shardOf<T>(items: readonly T[], shard: string): T[] | undefined {
  const [, part = 0, parts = 0] = (/^(\d+)\/(\d+)$/.exec(shard) ?? []).map(Number);
  if (!(part >= 1 && part <= parts)) return undefined;
  return items.filter((_, i) => i % parts === part - 1);
}
