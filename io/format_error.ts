/** A file that is not what it should be: truncated, mixed up, or of another kind. */
export class FormatError extends Error {
  override name = "FormatError";
}
