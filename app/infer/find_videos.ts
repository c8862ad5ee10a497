import { join } from "node:path";

/** A video of many: as it is named, and where it is. */
export interface NamedVideo {
  readonly name: string;
  readonly path: string;
}

const endings = /\.(mp4|m4v|mov|mkv|webm|avi|mpe?g|wmv|flv|m2?ts|3gp|ogv)$/i;

/** The videos of a folder and the folders in it, by name; hidden ones are left alone. */
export async function findVideos(folder: string, name = ""): Promise<NamedVideo[]> {
  const found: NamedVideo[] = [];
  for await (const entry of Deno.readDir(folder)) {
    if (entry.name.startsWith(".")) continue;
    const own = {
      name: name ? `${name}/${entry.name}` : entry.name,
      path: join(folder, entry.name),
    };
    if (entry.isDirectory) found.push(...await findVideos(own.path, own.name));
    else if (entry.isFile && endings.test(entry.name)) found.push(own);
  }
  return found.sort((a, b) => a.name < b.name ? -1 : 1);
}

/** One of several equal parts of a list, `2/5` being the second of five: for several machines. */
export function shardOf<T>(items: readonly T[], shard: string): T[] | undefined {
  const [, part = 0, parts = 0] = (/^(\d+)\/(\d+)$/.exec(shard) ?? []).map(Number);
  if (!(part >= 1 && part <= parts)) return undefined;
  return items.filter((_, i) => i % parts === part - 1);
}
