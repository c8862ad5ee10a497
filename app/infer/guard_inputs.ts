import { basename, dirname, join } from "node:path";
import { isPicture } from "../../media/video/open_frames.ts";
import { UsageError } from "../terminal/terminal.ts";
import type { OutputPaths } from "./write_outputs.ts";

/**
 * Protects input files. Returns a check that throws if an output would replace an input, by whatever
 * path or link, or a picture in an input folder, or if two outputs would be the same file.
 */
export async function guardInputs(
  inputs: readonly string[],
): Promise<(outputs: OutputPaths) => Promise<void>> {
  const read = new Map<string, string>();
  for (const path of inputs) read.set(await identityOf(path), path);
  return async (outputs) => {
    const written = new Map<string, string>();
    for (const [kind, path] of Object.entries(outputs)) {
      if (path === undefined) continue;
      const identity = await identityOf(path);
      const input = read.get(identity) ??
        (isPicture(path) ? read.get(await identityOf(dirname(path))) : undefined);
      if (input !== undefined) {
        throw new UsageError(
          `Cannot write --${kind} to "${path}": it would replace "${input}", which is read: choose ` +
            `another name`,
        );
      }
      const other = written.get(identity);
      if (other !== undefined) {
        throw new UsageError(
          `Cannot write --${kind} and --${other} both to "${path}": name another file for one`,
        );
      }
      written.set(identity, kind);
    }
  };
}

/** A key that is equal for all paths of one file, whether or not it exists. */
async function identityOf(path: string): Promise<string> {
  try {
    const { dev, ino } = await Deno.stat(path);
    if (ino !== null) return `${dev} ${ino}`;
    return await Deno.realPath(path);
  } catch {
    const folder = await Deno.realPath(dirname(path)).catch(() => dirname(path));
    return join(folder, basename(path));
  }
}
