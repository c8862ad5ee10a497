import type { DatasetKind, LabelFault, ListedClip } from "../dataset.ts";

/** A line of a label file, with its number from 1. */
export interface LabelLine {
  readonly line: number;
  readonly text: string;
}

/** A label file being read. */
export interface LabelFile {
  readonly text: string;
  /** Those that are not blank. */
  readonly lines: readonly LabelLine[];
  /** Their names; where they have none, labels are any whole numbers. */
  readonly classes: readonly string[] | undefined;
  /** What is wrong with it, so far. */
  readonly faults: LabelFault[];
}

function labelLines(text: string): LabelLine[] {
  return text.replace(/^\uFEFF/, "").split(/\r?\n/)
    .map((line, i) => ({ line: i + 1, text: line }))
    .filter((line) => line.text.trim() !== "");
}

/** Why a text can't be a label file at all. */
function textFault(text: string): LabelFault | undefined {
  if (text.includes("\0")) return { why: "it is no text" };
  if (text.includes("\uFFFD")) return { why: "it is not in UTF-8" };
  if (text.trim() === "") return { why: "it is empty" };
  return undefined;
}

/** A label from here on is taken for a mistake. */
const mostClasses = 1000;

/** Reads a label, a number or the name of a class; returns the reason if it is invalid. */
export function readLabel(text: string, classes?: readonly string[]): number | string {
  if (!classes) {
    return /^\d+$/.test(text.trim()) && Number(text) < mostClasses
      ? Number(text)
      : `wanted a label, a whole number from 0 to ${mostClasses - 1}: got "${text.slice(0, 60)}"`;
  }
  const named = classes.indexOf(text.trim());
  if (named >= 0) return named;
  if (/^\d+$/.test(text.trim()) && Number(text) < classes.length) return Number(text);
  return `wanted a label from 0 to ${classes.length - 1}, or one of ${classes.join(", ")}: ` +
    `got "${text.slice(0, 60)}"`;
}

/** Why a path is not one below the root. */
export function pathFault(path: string): string | undefined {
  if (path.trim() === "") return "wanted a path: got none";
  const absolute = path.startsWith("/") || /^[a-z]:/i.test(path) || path.includes("\\");
  return absolute || path.split("/").includes("..")
    ? `wanted a path from the root, with slashes: got "${path.slice(0, 200)}"`
    : undefined;
}

/** Contradictions between clips: one that is named twice, or a video of two people. */
function clipFaults(clips: readonly ListedClip[]): LabelFault[] {
  const faults: LabelFault[] = [];
  const byId = new Map<string, ListedClip>(), byVideo = new Map<string, ListedClip>();
  for (const clip of clips) {
    const same = byId.get(clip.id), known = byVideo.get(clip.video), { line } = clip;
    if (same) {
      const labels = same.label === clip.label ? "" : `, with label ${same.label} there`;
      faults.push({ line, why: `"${clip.id}" is named in line ${same.line} as well${labels}` });
    } else if (known && known.subject !== clip.subject) {
      faults.push({
        line,
        why: `"${clip.video}" is of "${known.subject}" in line ${known.line}, and of ` +
          `"${clip.subject}" here`,
      });
    }
    if (!same) byId.set(clip.id, clip);
    if (!known) byVideo.set(clip.video, clip);
  }
  return faults;
}

/** Reads label files, with faults in the order of lines, by what finds the clips and adds faults. */
export function labelReader(read: (file: LabelFile) => ListedClip[]): DatasetKind["read"] {
  return (text, classes) => {
    const broken = textFault(text);
    if (broken) return { clips: [], faults: [broken] };
    const faults: LabelFault[] = [];
    const clips = read({ text, lines: labelLines(text), classes, faults });
    if (clips.length === 0 && faults.length === 0) faults.push({ why: "it names no clip" });
    faults.push(...clipFaults(clips));
    return { clips, faults: faults.sort((a, b) => (a.line ?? 0) - (b.line ?? 0)) };
  };
}

/** What each line says, if it says anything; where `read` gives a string, that is why it can't be read. */
export function readEach<Line extends { readonly line: number }, T>(
  lines: readonly Line[],
  faults: LabelFault[],
  read: (line: Line) => T | string | undefined,
): T[] {
  return lines.flatMap((line) => {
    const found = read(line);
    if (typeof found === "string") faults.push({ line: line.line, why: found });
    return found === undefined || typeof found === "string" ? [] : [found];
  });
}
