import type { Cue, CueReader, RefuseLine } from "./transcript.ts";

/** A block of lines between blank ones. */
interface Block {
  /** Of its first line, from 1. */
  readonly line: number;
  readonly lines: readonly string[];
}

function blocksOf(text: string): Block[] {
  const blocks: { line: number; lines: string[] }[] = [];
  let before = "";
  for (const [i, line] of text.replace(/^\uFEFF/, "").split(/\r\n|[\r\n]/).entries()) {
    if (line.trim() !== "") {
      if (before.trim() === "") blocks.push({ line: i + 1, lines: [] });
      blocks.at(-1)?.lines.push(line);
    }
    before = line;
  }
  return blocks;
}

/** `[HH:]MM:SS,mmm`; SubRip has commas, WebVTT points, and files of the one are found with the other. */
const time = "(?:(\\d{1,4}):)?([0-5]?\\d):([0-5]?\\d)(?:[.,](\\d{1,3}))?";
const timing = new RegExp(`^\\s*${time}\\s*-->\\s*${time}(?:\\s.*)?$`);

function secondsOf(hours = "0", minutes = "", seconds = "", fraction = ""): number {
  const milliseconds = Number(fraction.padEnd(3, "0"));
  return (((Number(hours) * 60 + Number(minutes)) * 60 + Number(seconds)) * 1000 + milliseconds) /
    1000;
}

/** The cue of a block; the line with its times may follow a line with its number or name. */
function readCue({ line, lines }: Block, refuse: RefuseLine, plain: (text: string) => string): Cue {
  const at = lines[0]?.includes("-->") ? 0 : 1, times = lines[at] ?? "";
  const found = timing.exec(times)?.slice(1);
  if (!found) {
    const wanted = "wanted a time such as 00:01:02,500 --> 00:01:04,000";
    const got = (times === "" ? lines[0] ?? "" : times).trim().slice(0, 100);
    throw refuse(line + (times === "" ? 0 : at), `${wanted}: got "${got}"`);
  }
  return {
    line: line + at,
    text: plain(lines.slice(at + 1).join(" ")),
    start: secondsOf(...found.slice(0, 4)),
    end: secondsOf(...found.slice(4)),
  };
}

/** Reads SubRip's subtitles (`.srt`); marks of style are dropped. */
export const readSrt: CueReader = (text, refuse) =>
  blocksOf(text).map((block) =>
    readCue(block, refuse, (said) => said.replace(/<\/?(?:[ibus]|font)\b[^>]*>|\{\\[^}]*\}/gi, ""))
  );

/** What WebVTT's references stand for. */
const references: Readonly<Record<string, string>> = {
  amp: "&",
  lt: "<",
  gt: ">",
  nbsp: " ",
  lrm: "",
  rlm: "",
};

/** Reads WebVTT (`.vtt`); comments, styles, names of speakers and times within a cue are dropped. */
export const readVtt: CueReader = (text, refuse) => {
  const [head, ...blocks] = blocksOf(text);
  const first = head?.lines[0] ?? "";
  if (head?.line !== 1 || !/^WEBVTT(?:[ \t]|$)/.test(first)) {
    throw refuse(1, `wanted WEBVTT as its first word: got "${first.slice(0, 60)}"`);
  }
  return blocks.filter(({ lines }) => !/^(?:NOTE|STYLE|REGION)(?:\s|$)/.test(lines[0] ?? ""))
    .map((block) =>
      readCue(block, refuse, (said) =>
        said.replace(/<[^>]*>/g, "")
          .replace(/&(\w+);/g, (whole, name: string) => references[name] ?? whole))
    );
};
