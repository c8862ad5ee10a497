import { writing } from "./writing.ts";

/** Makes a folder of personal data, which only the user can open, where there is none. */
export async function makePrivateFolder(folder: string): Promise<void> {
  await writing(folder, () => Deno.mkdir(folder, { recursive: true, mode: 0o700 }));
}
