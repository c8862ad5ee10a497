import { largestAt } from "../../numbers/vectors.ts";
import type { Reading } from "../../person/video_reader.ts";
import { round } from "../infer/write_json.ts";
import type { Job } from "./job.ts";

/** What was decided about one person in a video. */
interface Answer {
  /** Number of the person if everyone was watched. */
  readonly person?: number | undefined;
  /** The class, if there is an answer. */
  readonly class?: string | undefined;
  readonly probability?: number | undefined;
  /** Why there is none. */
  readonly abstained?: string | undefined;
}

/** How a job ended. It is kept under the job's id, once. */
export interface Result {
  /** The video's path below the root; empty for a message that was no job. */
  readonly video: string;
  readonly state: "done" | "failed";
  /** As of `infer`: 0 an answer, 3 none, 4 no video that can be read, 2 a job that is refused, 1 anything else. */
  readonly code: number;
  readonly answers: readonly Answer[];
  readonly seconds: number;
  /** SHA-256 of the output files, one after the other. */
  readonly outputs?: string | undefined;
  /** What went wrong, in a sentence. */
  readonly sentence?: string | undefined;
  /** Of a failed job, to try it again. */
  readonly job?: Job | undefined;
}

/** The answers in what was read of a video. */
export function answersOf(readings: readonly Reading[], classes: readonly string[]): Answer[] {
  return readings.map(({ person, analysis: { adaptation, abstained } }) => {
    if (abstained !== undefined || !adaptation) return { person, abstained };
    const { probabilities } = adaptation.after, best = largestAt(probabilities);
    return { person, class: classes[best], probability: round(probabilities[best] ?? NaN) };
  });
}

/** A failed job's result. */
export function failure(video: string, code: number, sentence: string, seconds = 0): Result {
  return { video, state: "failed", code, answers: [], seconds: round(seconds), sentence };
}

/** Encodes results as a table, sorted by video. */
export function encodeResults(results: readonly (Result & { readonly id: string })[]): string {
  const rows = results.toSorted((a, b) => keyOf(a) < keyOf(b) ? -1 : 1).map((result) => {
    const { answers, video, state, code, seconds, outputs = "", sentence = "", id } = result;
    const told = (one: Answer, what: string | number | undefined) =>
      what === undefined ? "" : one.person === undefined ? `${what}` : `${one.person}: ${what}`;
    const all = (pick: (one: Answer) => string | number | undefined) =>
      answers.map((one) => told(one, pick(one))).filter((text) => text !== "").join("; ");
    return [
      ...[video, state, code, all((one) => one.class), all((one) => one.probability)],
      ...[all((one) => one.abstained) || sentence, seconds, outputs, id],
    ];
  });
  const head = ["video", "state", "exit_code", "answer", "probability", "why_not", "seconds"];
  return [[...head, "outputs_sha256", "job"], ...rows]
    .map((cells) => cells.map(quote).join(",") + "\r\n").join("");
}

const keyOf = ({ video, id }: { readonly video: string; readonly id: string }) => `${video}\0${id}`;

/** Quotes a cell where it must be. A text that a spreadsheet would compute is marked as text. */
function quote(cell: string | number): string {
  const text = typeof cell === "string" && /^[=+\-@\t]/.test(cell) ? `'${cell}` : `${cell}`;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
