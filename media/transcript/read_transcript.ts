import { FormatError } from "../../io/files/format_error.ts";
import { readChunks } from "./chunks.ts";
import { readSrt, readVtt } from "./subtitles.ts";
import { type CueReader, orderCues, plainTranscript, type Transcript } from "./transcript.ts";

/** More bytes than these are taken for a mistake: an hour of speech has about 60 KB. */
const mostBytes = 2 ** 26;

/** How files are read, by their endings; plain text has no times. */
const kinds: Readonly<Record<string, CueReader | "plain">> = {
  ".yml": readChunks,
  ".yaml": readChunks,
  ".json": readChunks,
  ".srt": readSrt,
  ".vtt": readVtt,
  ".txt": "plain",
};

/**
 * Reads a transcript: BAH's YAML, `.srt`, `.vtt`, Whisper's `.json`, or plain text. What can't be read is refused with
 * its file and line.
 *
 * @example
 * ```ts
 * import { readTranscript } from "@autt/autt";
 * import assert from "node:assert/strict";
 *
 * const path = await Deno.makeTempFile({ suffix: ".srt" });
 * await Deno.writeTextFile(path, "1\n00:00:00,500 --> 00:00:02,000\nI want to, but I can't.\n");
 * const { sentences } = await readTranscript(path);
 * assert.deepEqual(sentences, [{ text: "I want to, but I can't.", start: 0.5, end: 2 }]);
 * await Deno.remove(path);
 * ```
 */
export async function readTranscript(path: string): Promise<Transcript> {
  const size = (await Deno.stat(path)).size;
  if (size > mostBytes) {
    throw new FormatError(
      `Cannot read "${path}" as a transcript: it has ${size} bytes: ${mostBytes} is the most`,
    );
  }
  return parseTranscript(path, await Deno.readFile(path));
}

/** Reads a transcript's bytes or text; its name says which format it has. */
export function parseTranscript(name: string, content: string | Uint8Array): Transcript {
  const refuse = (why: string) => new FormatError(`Cannot read "${name}" as a transcript: ${why}`);
  const ending = /\.[^./\\]*$/.exec(name)?.[0].toLowerCase() ?? "";
  const read = kinds[ending];
  if (!read) {
    throw refuse(`wanted a file that ends in ${Object.keys(kinds).join(", ")}: got "${ending}"`);
  }
  const text = typeof content === "string" ? content : decode(content, refuse);
  if (text.includes("\0")) throw refuse("it is no text");
  if (read === "plain") return plainTranscript(text);
  const refuseLine = (line: number, why: string) => refuse(`line ${line}: ${why}`);
  return orderCues(read(text, refuseLine), refuseLine);
}

function decode(bytes: Uint8Array, refuse: (why: string) => FormatError): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    throw refuse("it is not in UTF-8: save it in that encoding");
  }
}
