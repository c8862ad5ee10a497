import { basename, dirname, join } from "node:path";

/** Whether there is a file. */
export async function isFile(path: string): Promise<boolean> {
  return await Deno.stat(path).then((info) => info.isFile, () => false);
}

/** Throws if a file could not be written at the end. */
export async function checkPlace(name: string, path: string): Promise<void> {
  const folder = dirname(path);
  const info = await Deno.stat(folder).catch(() => undefined);
  if (!info?.isDirectory) {
    throw new Error(`Cannot train to "${name}": there is no folder ${folder}`);
  }
  const there = await Deno.stat(path).catch(() => undefined);
  if (there?.isDirectory) throw new Error(`Cannot train to "${name}": it is a folder`);
}

/**
 * Makes the folder for features and removes files that a killed training left half written; throws if a
 * result could not be written at the end.
 */
export async function prepareOutputs(name: string, out: string, features: string): Promise<void> {
  await checkPlace(name, out);
  const folder = dirname(out), start = `${basename(out)}.`;
  for await (const { name: file } of Deno.readDir(folder)) {
    if (file.startsWith(start) && file.endsWith(".part")) await Deno.remove(join(folder, file));
  }
  try {
    await Deno.mkdir(features, { recursive: true });
  } catch (error) {
    throw new Error(`Cannot keep features in "${features}": ${(error as Error).message}`);
  }
}
