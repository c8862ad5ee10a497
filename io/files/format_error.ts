/** A file that is not what it should be: truncated, mixed up, or of another kind. */
export class FormatError extends Error {
  override name = "FormatError";
}

/** Makes the error that says why a file is refused. */
export type Refuse = (why: string) => FormatError;

/**
 * Something that a file says, made fit for a message: a broken file may have anything there, such as
 * a megabyte of text, codes that a terminal obeys, or an object that cannot be made text.
 */
export function shown(value: unknown): string {
  if (typeof value !== "string") return value === null ? "null" : typeof value;
  const escaped = (code: string) => `\\u{${code.codePointAt(0)?.toString(16)}}`;
  const text = value.slice(0, 100).replace(/\p{C}/gu, escaped);
  return value.length > 100 ? `${text}...` : text;
}
