import { createHash } from "node:crypto";

/** The SHA-256 of files one after the other, in hexadecimal. They are read in parts: they may be large. */
export async function hashFiles(...paths: readonly string[]): Promise<string> {
  const hash = createHash("sha256");
  for (const path of paths) {
    using file = await Deno.open(path);
    for await (const part of file.readable) hash.update(part);
  }
  return hash.digest("hex");
}
