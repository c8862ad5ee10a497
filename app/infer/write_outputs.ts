import { basename, dirname, join } from "node:path";
import { writeAtomically } from "../../io/files/write_atomically.ts";
import { isPicture } from "../../media/video/open_frames.ts";
import type { Analysis } from "../../person/analyse.ts";
import { UsageError } from "../terminal/terminal.ts";
import type { About } from "./about.ts";
import { encodeOverlay, type OverlayOptions, writeOverlay } from "./overlay.ts";
import type { FaceAlbum } from "./report/thumbnails.ts";
import { encodeBidsEvents, encodeBidsRecording } from "./write_bids.ts";
import { encodeElan } from "./write_elan.ts";
import { encodeCsv } from "./write_csv.ts";
import { encodeJson } from "./write_json.ts";

/** The kinds of outputs, with their file extensions. */
export const outputKinds = {
  json: "json",
  csv: "csv",
  report: "html",
  video: "mp4",
  elan: "eaf",
  events: "events.tsv",
  physio: "physio.tsv.gz",
} as const;
export type OutputKind = keyof typeof outputKinds;

/** The path that stands for standard output, for kinds that are text. */
export const standardOutput = "-";

/** The kinds that standard output takes. */
export const textKinds: ReadonlySet<string> = new Set(["json", "csv", "elan", "events"]);

/** The path of each output; `physioInfo` is the JSON beside a physio table. */
export type OutputPaths = { readonly [kind in OutputKind | "physioInfo"]?: string | undefined };

/** The JSON that BIDS wants beside a table: `x_physio.json` beside `x_physio.tsv.gz`. */
export function physioInfoPath(path: string): string {
  return path.replace(/(\.tsv)?(\.gz)?$/i, "") + ".json";
}

/** Writes a text to a file, atomically, or to standard output. */
async function writeText(
  path: string | undefined,
  encode: () => string | Iterable<string>,
): Promise<void> {
  if (path === undefined) return;
  const text = encode();
  if (path !== standardOutput) return await writeAtomically(path, text);
  for (const piece of typeof text === "string" ? [text] : text) {
    const bytes = new TextEncoder().encode(piece);
    for (let at = 0; at < bytes.length;) at += Deno.stdout.writeSync(bytes.subarray(at));
  }
}

/** Writes the outputs, each atomically. The JSON comes last: if it exists, all others do. */
export async function writeOutputs(
  video: { readonly name: string; readonly path: string },
  analysis: Analysis,
  album: FaceAlbum,
  about: About,
  paths: OutputPaths,
  options: OverlayOptions,
): Promise<void> {
  await writeText(paths.csv, () => encodeCsv(analysis, about));
  await writeText(paths.elan, () => encodeElan(video.name, analysis));
  await writeText(paths.events, () => encodeBidsEvents(analysis));
  if (paths.physio !== undefined && paths.physioInfo !== undefined) {
    const { table, information } = await encodeBidsRecording(analysis);
    await writeAtomically(paths.physio, table);
    await writeAtomically(paths.physioInfo, information);
  }
  if (paths.report !== undefined) {
    // Loaded where it is asked for: charts take a while to load.
    const { encodePage } = await import("./report/page.ts");
    const page = await encodePage(video.name, analysis, about, await album.encode(analysis.frames));
    await writeAtomically(paths.report, page);
  }
  const [first] = analysis.frames;
  if (paths.video !== undefined && first) {
    const subtitles = encodeOverlay(analysis, about, first);
    await writeOverlay(video.path, paths.video, subtitles, options);
  }
  await writeText(paths.json, () => encodeJson(video.name, analysis, about));
}

/**
 * Protects input files. Returns a check that throws if an output would replace an input, by whatever
 * path or link, or a picture in an input folder, or if two outputs would be the same file.
 */
export async function guardInputs(
  inputs: readonly string[],
): Promise<(outputs: OutputPaths) => Promise<void>> {
  const read = new Map<string, string>();
  for (const path of inputs) read.set(await identityOf(path), path);
  return async (outputs) => {
    const written = new Map<string, string>();
    for (const [kind, path] of Object.entries(outputs)) {
      if (path === undefined || path === standardOutput) continue;
      const identity = await identityOf(path);
      const input = read.get(identity) ??
        (isPicture(path) ? read.get(await identityOf(dirname(path))) : undefined);
      if (input !== undefined) {
        throw new UsageError(
          `Cannot write --${kind} to "${path}": it would replace "${input}", which is read: choose ` +
            `another name`,
        );
      }
      const other = written.get(identity);
      if (other !== undefined) {
        throw new UsageError(
          `Cannot write --${kind} and --${other} both to "${path}": name another file for one`,
        );
      }
      written.set(identity, kind);
    }
  };
}

/** A key that is equal for all paths of one file, whether or not it exists. */
async function identityOf(path: string): Promise<string> {
  try {
    const { dev, ino } = await Deno.stat(path);
    if (ino !== null) return `${dev} ${ino}`;
    return await Deno.realPath(path);
  } catch {
    const folder = await Deno.realPath(dirname(path)).catch(() => dirname(path));
    return join(folder, basename(path));
  }
}
