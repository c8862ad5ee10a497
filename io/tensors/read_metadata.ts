import type { TensorFile } from "./tensor_file.ts";

/**
 * Reads our own metadata of a file: JSON with a version, under a key. Undefined if there is none. Any
 * part of it may be missing or of the wrong type.
 *
 * @param refuse Makes an error of a reason.
 */
export function readMetadata<T>(
  file: TensorFile,
  { format, version }: { readonly format: string; readonly version: number },
  refuse: (why: string) => Error,
): Partial<T> | undefined {
  const text = file.metadata.get(format);
  if (text === undefined) return undefined;
  let found: Partial<T> & { readonly version?: number } | null;
  try {
    found = JSON.parse(text);
  } catch (error) {
    throw refuse(`its metadata is not JSON: ${(error as Error).message}`);
  }
  if (found?.version !== version) {
    throw refuse(`it is of version ${found?.version}: this version reads ${version}`);
  }
  const { version: _, ...rest } = found;
  return rest as Partial<T>;
}

/** Whether something in metadata is a list of texts. */
export const isTexts = (list: unknown): list is string[] =>
  Array.isArray(list) && list.every((item) => typeof item === "string");
