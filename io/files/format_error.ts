/** A file is truncated, damaged or of another format. */
export class FormatError extends Error {
  /** The class, for messages. */
  override name = "FormatError";
}

/** Makes the error for a refused file from a reason. */
export type Refuse = (why: string) => FormatError;

/**
 * Makes a value from a file safe to show in a message. A damaged file may contain a megabyte of text,
 * terminal control codes, or an object without a text form.
 */
export function shown(value: unknown): string {
  if (typeof value !== "string") return value === null ? "null" : typeof value;
  const escaped = (code: string) => `\\u{${code.codePointAt(0)?.toString(16)}}`;
  const text = value.slice(0, 100).replace(/\p{C}/gu, escaped);
  return value.length > 100 ? `${text}...` : text;
}
