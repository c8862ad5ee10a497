import { ifThere } from "./if_there.ts";

/** The size of a file, following links; undefined if there is none. */
export async function fileSize(path: string): Promise<number | undefined> {
  const info = await ifThere(Deno.stat(path));
  return info?.isFile ? info.size : undefined;
}
