import { dirname, join } from "node:path";
import { fileSize } from "../../io/files/file_size.ts";
import { hashFiles } from "../../io/files/hash_files.ts";
import { findCheckpoint } from "../../io/hub/find_model.ts";
import { findVocabulary } from "../../model/tokenizer/read_vocabulary.ts";
import type { NamedParts } from "../infer/choose_parts.ts";
import type { Job } from "./job.ts";

/** What a job's outputs depend on beside its video and options: hashes of files. */
export type Fingerprints = Pick<Job, "model" | "head" | "sources">;

/** Hashes the files of a model: weights, configuration and vocabulary. */
export async function modelFingerprint(path: string): Promise<string> {
  const checkpoint = await findCheckpoint(path);
  if (checkpoint === undefined) throw new Error(`Cannot find weights in "${path}"`);
  const folder = dirname(checkpoint), config = join(folder, "config.json");
  const files = [checkpoint, await findVocabulary(folder)];
  if (await fileSize(config) !== undefined) files.push(config);
  return await hashFiles(...files.filter((file) => file !== undefined));
}

/** Hashes the files that a method uses beside the model. */
export async function partFingerprints(
  { head, sources }: NamedParts,
): Promise<Omit<Fingerprints, "model">> {
  return {
    ...(head && { head: await hashFiles(head.path) }),
    ...(sources && { sources: await hashFiles(sources.path) }),
  };
}
