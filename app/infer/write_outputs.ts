import { writeAtomically } from "../../io/files/write_atomically.ts";
import type { Analysis } from "../../person/analyse.ts";
import type { About } from "./about.ts";
import { encodeOverlay, type OverlayOptions, writeOverlay } from "./overlay.ts";
import type { ThumbnailKeeper } from "./report/thumbnails.ts";
import { encodeCsv } from "./write_csv.ts";
import { encodeJson } from "./write_json.ts";

/** The kinds of outputs, with their file extensions. */
export const outputKinds = { json: "json", csv: "csv", report: "html", video: "mp4" } as const;
export type OutputKind = keyof typeof outputKinds;

/** The path of each output. */
export type OutputPaths = { readonly [kind in OutputKind]?: string | undefined };

/** Writes the outputs, each atomically. The JSON comes last: if it exists, all others do. */
export async function writeOutputs(
  video: { readonly name: string; readonly path: string },
  analysis: Analysis,
  thumbnails: ThumbnailKeeper,
  about: About,
  paths: OutputPaths,
  options: OverlayOptions,
): Promise<void> {
  if (paths.csv !== undefined) await writeAtomically(paths.csv, encodeCsv(analysis, about));
  if (paths.report !== undefined) {
    // Loaded where it is asked for: charts take a while to load.
    const { encodePage } = await import("./report/page.ts");
    const page = encodePage(video.name, analysis, about, await thumbnails.encode());
    await writeAtomically(paths.report, page);
  }
  const [first] = analysis.frames;
  if (paths.video !== undefined && first) {
    const subtitles = encodeOverlay(analysis, about, first);
    await writeOverlay(video.path, paths.video, subtitles, options);
  }
  if (paths.json !== undefined) {
    await writeAtomically(paths.json, encodeJson(video.name, analysis, about));
  }
}
