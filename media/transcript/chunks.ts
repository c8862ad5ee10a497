import {
  isYamlFault,
  isYamlNull,
  parseYaml,
  yamlEntry,
  type YamlNode,
  yamlNumber,
} from "../../io/files/yaml.ts";
import type { Cue, CueReader, RefuseLine } from "./transcript.ts";

/**
 * Reads transcripts that are lists of pieces, in YAML or JSON:
 *
 * - `chunks` with `text` and `timestamp: [start, end]`, in seconds: BAH's files, and what Hugging Face's
 *   pipeline gives;
 * - `segments` with `text`, `start` and `end`, in seconds: Whisper's own JSON, and a bare list of those;
 * - `transcription` with `text` and `offsets: {from, to}`, in milliseconds: whisper.cpp.
 *
 * An end that is `null` is the end of the video. JSON is read as YAML, which it is, so that faults have their lines
 * and Python's `NaN` does no harm.
 */
export const readChunks: CueReader = (text, refuse) => {
  // A tab indents in JSON, but not in YAML; within a JSON string it would be written `\t`.
  const root = parseYaml(/^\uFEFF?\s*[{[]/.test(text) ? text.replaceAll("\t", " ") : text);
  if (isYamlFault(root)) throw refuse(root.line, root.why);
  const named = (["chunks", "segments", "transcription"] as const)
    .map((name) => [name, yamlEntry(root, name)] as const)
    .find(([, list]) => list !== undefined);
  const [name, list] = named ?? ["segments", root];
  if (list?.kind !== "list") {
    throw refuse(
      (list ?? root).line,
      named ? `wanted a list of ${name}` : "wanted a list named chunks, segments or transcription",
    );
  }
  return list.items.map((item, i) => readPiece(item, readers[name], `${name} ${i + 1}`, refuse));
};

/** The places of a piece's beginning and end, and how many of their units a second has. */
interface Times {
  readonly from: YamlNode | undefined;
  readonly to: YamlNode | undefined;
  readonly unit: number;
}

/** Where a piece says its times. */
const readers: Readonly<
  Record<"chunks" | "segments" | "transcription", (piece: YamlNode) => Times | string>
> = {
  chunks(piece) {
    const pair = yamlEntry(piece, "timestamp");
    if (pair === undefined) return { from: undefined, to: undefined, unit: 1 };
    return pair.kind === "list" && pair.items.length === 2
      ? { from: pair.items[0], to: pair.items[1], unit: 1 }
      : "wanted a timestamp of two numbers";
  },
  segments: (piece) => ({
    from: yamlEntry(piece, "start"),
    to: yamlEntry(piece, "end"),
    unit: 1,
  }),
  transcription(piece) {
    const offsets = yamlEntry(piece, "offsets");
    return offsets?.kind === "map"
      ? { from: yamlEntry(offsets, "from"), to: yamlEntry(offsets, "to"), unit: 1000 }
      : "wanted offsets with from and to";
  },
};

function readPiece(
  piece: YamlNode,
  timesOf: (piece: YamlNode) => Times | string,
  name: string,
  refuse: RefuseLine,
): Cue {
  if (piece.kind !== "map") throw refuse(piece.line, `${name}: wanted a text with its times`);
  const text = yamlEntry(piece, "text");
  if (text?.kind !== "text" || isYamlNull(text)) {
    throw refuse((text ?? piece).line, `${name}: it has no text`);
  }
  const times = timesOf(piece);
  if (typeof times === "string") throw refuse(piece.line, `${name}: ${times}`);
  const seconds = (place: YamlNode | undefined): number | undefined => {
    if (place === undefined || isYamlNull(place)) return undefined;
    const number = yamlNumber(place);
    if (number !== undefined) return number / times.unit;
    const got = place.kind === "text" ? `"${place.text.slice(0, 60)}"` : `a ${place.kind}`;
    throw refuse(place.line, `${name}: wanted a time as a number, or null: got ${got}`);
  };
  const [start, end] = [seconds(times.from), seconds(times.to)];
  return { line: piece.line, text: text.text, start, end };
}
