import { privateFile, writeAtomically } from "../../io/files/write_atomically.ts";
import { openTensors } from "../../io/tensors/open_tensors.ts";
import { encodeEnrolment, type Enrolment, readEnrolment } from "./enrolment.ts";

/** Saves an enrolment atomically, readable by the user only. */
export async function saveEnrolment(path: string, enrolment: Enrolment): Promise<void> {
  await writeAtomically(path, encodeEnrolment(enrolment), privateFile);
}

/** Reads an enrolment. */
export async function loadEnrolment(path: string): Promise<Enrolment> {
  using file = await openTensors(path);
  return await readEnrolment(file);
}
