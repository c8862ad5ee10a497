import { fileSize } from "../../io/files/file_size.ts";
import type { Enrolment } from "../../media/features/enrolment.ts";
import { loadEnrolment } from "../../media/features/enrolment_file.ts";
import type { RestSource } from "../../person/centring.ts";
import { tellFoundRest } from "../infer/summary.ts";
import { enrolmentPath } from "../people/subject_path.ts";
import { say } from "../terminal/status_line.ts";

/** The person's resting face, if they are enrolled; says what goes without it, or what it is used for. */
export async function findEnrolment(
  subject: string | undefined,
  centres: boolean,
): Promise<Enrolment | undefined> {
  if (subject === undefined) return undefined;
  const path = enrolmentPath(subject);
  if (await fileSize(path) === undefined) {
    say(
      `${subject} is not enrolled${
        centres ? ": their resting face is found in the video" : ""
      }. Enroll them with a short video of their resting face: ` +
        `\`./autt enroll --subject ${subject} VIDEO\``,
    );
    return undefined;
  }
  if (!centres) {
    say(
      `this head was not trained with --centred: ${subject}'s resting face is used for Action Units alone`,
    );
  }
  return await loadEnrolment(path);
}

/** Where the resting face came from, in a sentence; nothing where the head takes faces as they are. */
export function tellRest(rest: RestSource, subject: string | undefined): string[] {
  switch (rest.from) {
    case "unused":
      return [];
    case "enrolled":
      return [`resting face: ${subject}'s, by enrolment`];
    case "found":
      return [tellFoundRest(rest)];
    case "average":
      return ["resting face: not known, the average one stands for it"];
  }
}
