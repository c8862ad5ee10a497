import { join } from "node:path";
import { environment } from "../../engine/mod.ts";
import { userPath } from "../terminal/terminal.ts";

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

/** Where a person's state is: letters, digits and dashes alone are a name, anything else is a path. */
export function subjectPath(name: string): string {
  const isName = /^[\p{L}\p{N}_-]+$/u.test(name);
  return isName ? join(subjectsFolder(), `${name}${subjectEnding}`) : userPath(name);
}

/** Where a person's enrolment is: beside their state. */
export function enrolmentPath(name: string): string {
  const path = subjectPath(name);
  const stem = path.endsWith(subjectEnding) ? path.slice(0, -subjectEnding.length) : path;
  return `${stem}${enrolmentEnding}`;
}
