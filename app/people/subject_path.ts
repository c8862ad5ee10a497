import { dirname, join } from "node:path";
import { environment } from "../../engine/mod.ts";
import { UsageError, userPath } from "../terminal/terminal.ts";

/** The ending of states' files. */
export const subjectEnding = ".safetensors";

/** The ending of files of what people's faces are like at rest. */
export const enrolmentEnding = ".neutral.safetensors";

/** Where people are kept that have a name only: AUTT_SUBJECTS, or the user's data folder. */
export function subjectsFolder(): string {
  const home = environment("HOME") ?? environment("USERPROFILE") ?? ".";
  const data = environment("XDG_DATA_HOME") || join(home, ".local/share");
  return environment("AUTT_SUBJECTS") || join(data, "autt/subjects");
}

/** What a name may be made of. It is part of a file's name, and must not look like another's. */
const names = /^[\p{L}\p{N}][\p{L}\p{M}\p{N} _.,'()@+&-]{0,99}$/u;

/**
 * Where a person's state is. A path has a slash in it or the ending of states; anything else is a name,
 * and belongs in the people's folder.
 */
export function subjectPath(name: string): string {
  if (/[/\\]/.test(name) || name.endsWith(subjectEnding)) return userPath(name);
  if (names.test(name) && !name.endsWith(".neutral")) {
    return join(subjectsFolder(), `${name}${subjectEnding}`);
  }
  throw new UsageError(
    `Cannot keep a person by the name "${name}": wanted letters, digits, spaces and -_.,'()@+& that ` +
      `begin with a letter or a digit, 100 at most; or a file's path, as in ./${name}${subjectEnding}`,
  );
}

/** Makes the folder of a person's files, which nobody but the user may look into. */
export async function makeFolderOf(path: string): Promise<void> {
  await Deno.mkdir(dirname(path), { recursive: true, mode: 0o700 });
}

/** Where a person's enrolment is: beside their state. */
export function enrolmentPath(name: string): string {
  const path = subjectPath(name);
  const stem = path.endsWith(subjectEnding) ? path.slice(0, -subjectEnding.length) : path;
  return `${stem}${enrolmentEnding}`;
}
