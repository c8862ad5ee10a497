import { facsUnit } from "../../model/clip_au/facs.ts";
import { csvRow } from "../../io/files/csv.ts";
import type { About } from "./about.ts";
import { type Analysis, windowOfFrame } from "../../person/analyse.ts";
import { roundedText } from "./write_json.ts";

/** Rows of a piece: larger pieces of text stay in memory for long. */
const rowsAtOnce = 32;

/**
 * An analysis as a table, in pieces of many lines, with a row for each frame. What is not known of a frame
 * is left empty: a frame without a face has no numbers, but a reason. Probabilities are those of the window
 * around the frame.
 */
export function* encodeCsv(
  { frames, seen, units, windows, readings: { moreThanUsual } }: Analysis,
  { classes, auPrompts }: Pick<About, "classes" | "auPrompts">,
): Generator<string> {
  const places = new Map(seen.map((frame, place) => [frame, place]));
  const heading = [
    ...["frame", "seconds", "gap", "person", "face_score"],
    ...["face_left", "face_top", "face_width", "face_height", "window"],
    ...classes.map((name) => `before_${name}`),
    ...classes.map((name) => `after_${name}`),
    ...auPrompts,
    ...["confidence", "success"],
    ...auPrompts.map((prompt) => `${columnName(prompt)}_more`),
  ];
  yield csvRow(heading);
  const rowOf = (frame: Analysis["frames"][number]) => {
    const { index, seconds, face, gap } = frame, place = places.get(frame);
    const decided = place !== undefined && windows.length > 0;
    const number = decided ? windowOfFrame(place, windows) : undefined;
    const window = number === undefined ? undefined : windows[number];
    const unitOf = (matrix: Float32Array, unit: number) =>
      place === undefined ? undefined : matrix[place * auPrompts.length + unit];
    return [
      ...[index, seconds, gap, face?.person, face?.score],
      ...[face?.left, face?.top, face?.width, face?.height, number],
      ...classes.map((_, i) => window?.before[i]),
      ...classes.map((_, i) => window?.after[i]),
      ...auPrompts.map((_, unit) => unitOf(units, unit)),
      ...[face?.score ?? (place === undefined ? 0 : 1), place === undefined ? 0 : 1],
      ...auPrompts.map((_, unit) => unitOf(moreThanUsual, unit)),
    ];
  };
  for (let first = 0; first < frames.length; first += rowsAtOnce) {
    yield frames.slice(first, first + rowsAtOnce).map((frame) =>
      csvRow(rowOf(frame).map((cell) => typeof cell === "number" ? roundedText(cell) : cell))
    ).join("");
  }
}

/** A unit's FACS code as a column's name, with two digits as in OpenFace: `AU04`; else its prompt. */
function columnName(prompt: string): string {
  const { code } = facsUnit(prompt);
  return code?.replace(/\d+/, (digits) => digits.padStart(2, "0")) ?? prompt;
}
