import { csvRow } from "../../io/files/csv.ts";
import type { About } from "./about.ts";
import { type Analysis, windowOfFrame } from "../../person/analyse.ts";
import { round } from "./write_json.ts";

/**
 * An analysis with a row for each frame. What is not known of a frame is left empty: a frame without a
 * face has no numbers, but a reason. Probabilities are those of the window around the frame.
 */
export function encodeCsv(
  { frames, seen, units, windows }: Analysis,
  { classes, auPrompts }: Pick<About, "classes" | "auPrompts">,
): string {
  const places = new Map(seen.map((frame, place) => [frame, place]));
  const heading = [
    ...["frame", "seconds", "gap", "person", "face_score"],
    ...["face_left", "face_top", "face_width", "face_height", "window"],
    ...classes.map((name) => `before_${name}`),
    ...classes.map((name) => `after_${name}`),
    ...auPrompts,
  ];
  const rows = frames.map((frame) => {
    const { index, seconds, face, gap } = frame, place = places.get(frame);
    const decided = place !== undefined && windows.length > 0;
    const number = decided ? windowOfFrame(place, windows) : undefined;
    const window = number === undefined ? undefined : windows[number];
    const similar = (unit: number) => decided ? units[place * auPrompts.length + unit] : undefined;
    return [
      ...[index, seconds, gap, face?.person, face?.score],
      ...[face?.left, face?.top, face?.width, face?.height, number],
      ...classes.map((_, i) => window?.before[i]),
      ...classes.map((_, i) => window?.after[i]),
      ...auPrompts.map((_, unit) => similar(unit)),
    ];
  });
  return csvRow(heading) +
    rows.map((row) => csvRow(row.map((cell) => typeof cell === "number" ? round(cell) : cell)))
      .join("");
}
