import { privateFile, writeAtomically } from "../../io/files/write_atomically.ts";
import { openTensors } from "../../io/tensors/open_tensors.ts";
import { encodeSubject, readSubject, type SubjectState } from "./subject_state.ts";

/** Writes a state atomically, readable by nobody but the user. */
export async function saveSubject(path: string, state: SubjectState): Promise<void> {
  await writeAtomically(path, encodeSubject(state), privateFile);
}

/**
 * Reads a state.
 *
 * @example
 * ```ts
 * import { loadClipAu, loadSubject, openDevice, saveSubject, Subject } from "@autt/autt";
 * import { madeUpClipAuFolder } from "made-up-models"; // yours: a CLIP and a head
 * import assert from "node:assert/strict";
 * await using folder = await madeUpClipAuFolder();
 * using device = await openDevice();
 * using model = await loadClipAu(device, { clip: folder.path, head: folder.head });
 * using person = await Subject.open(model);
 * const path = `${folder.path}/anna.safetensors`;
 * await saveSubject(path, person.autt.state);
 * assert.equal((await loadSubject(path)).tuning.step, 0);
 * ```
 */
export async function loadSubject(path: string): Promise<SubjectState> {
  using file = await openTensors(path);
  return await readSubject(file);
}
