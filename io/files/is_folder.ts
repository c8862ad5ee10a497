import { ifThere } from "./if_there.ts";

/** Whether a path is a folder. Missing permission is an error. */
export async function isFolder(path: string): Promise<boolean> {
  return (await ifThere(Deno.stat(path)))?.isDirectory ?? false;
}
