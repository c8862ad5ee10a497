import { pathFault, readLabel } from "./label_checks.ts";
import type { NamedVideo } from "./segments.ts";

/** What a video's path says about it; `video` has an underscore between date and time. */
export type BahVideo = NamedVideo & { readonly task: string };

/**
 * `Videos/SUBJECT/Visite_1/SUBJECT_Question_N_DATE_TIME_Video.mp4`. Some lists write a blank between
 * date and time where others have an underscore: it is the same video.
 */
export function readBahVideo(path: string): BahVideo | string {
  const wrong = pathFault(path);
  if (wrong !== undefined) return wrong;
  const [, subject, question] =
    /(?:^|\/)Videos\/([^/]+)\/[^/]+\/\1_Question_([1-7])_[^/]+\.mp4$/.exec(path) ?? [];
  if (subject === undefined) {
    return "wanted Videos/SUBJECT/VISIT/SUBJECT_Question_N_….mp4, N from 1 to 7: got " +
      `"${path.slice(0, 200)}"`;
  }
  const between = /(\d{4}-\d\d-\d\d)[ _](\d\d-\d\d-\d\d)/;
  const forms = ["_", " "].map((mark) => path.replace(between, `$1${mark}$2`));
  return {
    subject,
    task: `Question ${question}`,
    video: forms[0] ?? path,
    names: [...new Set([path, ...forms])],
  };
}

/** The video and the label of a line, or why they are invalid. */
export function readParts(path: string, number: string, classes: readonly string[] | undefined) {
  const video = readBahVideo(path), label = readLabel(number, classes);
  return typeof video === "string" ? video : typeof label === "string" ? label : { video, label };
}
