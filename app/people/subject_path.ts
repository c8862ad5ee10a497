import { dirname, join } from "node:path";
import { environment } from "../../engine/mod.ts";
import { UsageError, userPath } from "../terminal/terminal.ts";

/** The extension of a person's state. */
export const subjectEnding = ".safetensors";

/** The extension of a person's enrolment. */
export const enrolmentEnding = ".neutral.safetensors";

/** The extension of a translator of latent PFT that is adapted to a person. */
export const translatorEnding = ".pft.safetensors";

/** The extension of DSFDA's networks that are adapted to a person. */
export const dsfdaEnding = ".dsfda.safetensors";

/** The folder of people that are given by name: AUTT_SUBJECTS, or a folder in the user's data folder. */
export function subjectsFolder(): string {
  const home = environment("HOME") ?? environment("USERPROFILE") ?? ".";
  const data = environment("XDG_DATA_HOME") || join(home, ".local/share");
  return environment("AUTT_SUBJECTS") || join(data, "autt/subjects");
}

/** Valid names. A name becomes part of a file name. */
const names = /^[\p{L}\p{N}][\p{L}\p{M}\p{N} _.,'()@+&-]{0,99}$/u;

/**
 * The file of a person's state. Text with a slash or with the extension of states is a path; anything
 * else is a name, whose file is in the people's folder.
 */
export function subjectPath(name: string): string {
  if (/[/\\]/.test(name) || name.endsWith(subjectEnding)) return userPath(name);
  if (names.test(name) && !/\.(neutral|pft|dsfda)$/.test(name)) {
    return join(subjectsFolder(), `${name}${subjectEnding}`);
  }
  throw new UsageError(
    `Cannot keep a person by the name "${name}": wanted letters, digits, spaces and -_.,'()@+& that ` +
      `begin with a letter or a digit, 100 at most; or a file's path, as in ./${name}${subjectEnding}`,
  );
}

/** Creates the folder of a person's files, accessible to the user only. */
export async function makeFolderOf(path: string): Promise<void> {
  await Deno.mkdir(dirname(path), { recursive: true, mode: 0o700 });
}

/** The file of a person's enrolment, next to their state. */
export function enrolmentPath(name: string): string {
  return `${stemOf(name)}${enrolmentEnding}`;
}

/** The file of a person's translator, next to their state. */
export function translatorPath(name: string): string {
  return `${stemOf(name)}${translatorEnding}`;
}

/** The file of a person's DSFDA, next to their state. */
export function dsfdaPath(name: string): string {
  return `${stemOf(name)}${dsfdaEnding}`;
}

function stemOf(name: string): string {
  const path = subjectPath(name);
  return path.endsWith(subjectEnding) ? path.slice(0, -subjectEnding.length) : path;
}
