import { writeAtomically } from "../../io/files/write_atomically.ts";
import { openTensors } from "../../io/tensors/open_tensors.ts";
import { encodeHead, type Head, readHead } from "./head_file.ts";

/**
 * Reads a head: our own safetensors, or the authors' `.pth`.
 *
 * @param classes Names of the classes, for files that don't have them.
 *
 * @example
 * ```ts
 * import { loadHead, saveHead } from "@autt/autt";
 * import { madeUpClipAuFolder } from "made-up-models"; // yours: a CLIP and a head
 * import assert from "node:assert/strict";
 * await using folder = await madeUpClipAuFolder();
 * const head = await loadHead(folder.head);
 * await saveHead(folder.head, { ...head, classes: ["no", "yes"] });
 * assert.deepEqual((await loadHead(folder.head)).classes, ["no", "yes"]);
 * ```
 */
export async function loadHead(path: string, classes?: readonly string[]): Promise<Head> {
  using file = await openTensors(path);
  return await readHead(file, classes);
}

/** Writes a head. */
export async function saveHead(path: string, head: Head): Promise<void> {
  await writeAtomically(path, encodeHead(head));
}
