import { basename, dirname, join } from "node:path";
import { isFolder } from "../../io/files/is_folder.ts";
import { WriteError, writing } from "../../io/files/writing.ts";
import { inputArguments } from "../../media/video/ffmpeg_input.ts";
import { VideoError } from "../../media/video/video_error.ts";
import { largestAt } from "../../numbers/vectors.ts";
import type { About } from "./about.ts";
import { type Analysis, percent, windowOfFrame } from "../../person/analyse.ts";
import { unitLabel } from "../../model/clip_au/facs.ts";
import type { SeenFrame } from "../../media/features/seen_frame.ts";

/** Which part of the video to overlay, and the decoder to use. */
export interface OverlayOptions {
  readonly from?: number | undefined;
  readonly to?: number | undefined;
  readonly ffmpeg?: string | undefined;
  readonly signal: AbortSignal;
}

/** Formats a time for subtitles: 0:00:01.25. */
function clock(seconds: number): string {
  const hundredths = Math.max(0, Math.round(100 * seconds));
  const two = (x: number) => `${x % 100}`.padStart(2, "0");
  const minutes = Math.floor(hundredths / 6000);
  return `${Math.floor(minutes / 60)}:${two(minutes % 60)}:${
    two(Math.floor(hundredths / 100) % 60)
  }.${two(hundredths)}`;
}

/** Escapes text for a subtitle: braces and backslashes would be commands. */
function plain(text: string): string {
  return text.replace(/[{}\\\r\n]/g, " ");
}

/**
 * The overlay as subtitles with drawings: for each frame the face's box, the class with its probability
 * after adapting if there is a decision, and the three Action Units that are most above the usual.
 */
export function encodeOverlay(
  analysis: Analysis,
  { classes, auPrompts }: Pick<About, "classes" | "auPrompts">,
  { width, height }: { readonly width: number; readonly height: number },
): string {
  const { frames, seen, windows, readings: { moreThanUsual } } = analysis, count = auPrompts.length;
  const places = new Map(seen.map((frame, place) => [frame, place]));
  const size = Math.max(8, Math.round(height / 24));
  const told = (frame: SeenFrame): string[] => {
    const place = places.get(frame);
    if (place === undefined) return [frame.gap ?? "no answer"];
    const window = windows[windowOfFrame(place, windows) ?? -1];
    const strongest = auPrompts.map((prompt, unit) => ({
      name: unitLabel(prompt),
      reading: moreThanUsual[place * count + unit] ?? NaN,
    })).sort((a, b) => b.reading - a.reading).slice(0, 3);
    const units = strongest.map(({ name, reading }) => `${name} ${reading.toFixed(2)}`);
    if (!window) return units;
    const best = largestAt(window.after);
    return [`${classes[best]} ${percent(window.after[best] ?? NaN)}`, ...units];
  };
  const lines = frames.flatMap((frame, i) => {
    const next = frames[i + 1]?.seconds ?? frame.seconds + 0.1;
    const line = (layer: number, style: string, text: string) =>
      `Dialogue: ${layer},${clock(frame.seconds)},${clock(next)},${style},,0,0,0,,${text}`;
    const text = told(frame).map(plain).join("\\N");
    const all = [line(1, "Text", text)];
    if (!frame.face) return all;
    const { left, top, width: w, height: h } = frame.face;
    const corners = [[0, 0], [w, 0], [w, h], [0, h]].map(([x = 0, y = 0]) =>
      `${Math.round(x)} ${Math.round(y)}`
    );
    const path = `m ${corners[0]} l ${corners.slice(1).join(" ")}`;
    const at = `{\\an7\\pos(${Math.round(left)},${Math.round(top)})\\p1}`;
    return [...all, line(0, "Box", `${at}${path}{\\p0}`)];
  });
  const style = (name: string, fill: string, outline: number) =>
    `Style: ${name},sans-serif,${size},${fill},&H00FFFFFF,&H0000C8FF,&H80000000,0,0,0,0,100,100,0,0,` +
    `1,${outline},0,7,8,8,8,1`;
  return [
    "[Script Info]",
    "ScriptType: v4.00+",
    `PlayResX: ${width}`,
    `PlayResY: ${height}`,
    "",
    "[V4+ Styles]",
    "Format: Name, Fontname, Fontsize, PrimaryColour, SecondaryColour, OutlineColour, BackColour, " +
    "Bold, Italic, Underline, StrikeOut, ScaleX, ScaleY, Spacing, Angle, BorderStyle, Outline, " +
    "Shadow, Alignment, MarginL, MarginR, MarginV, Encoding",
    style("Text", "&H00FFFFFF", 1).replace("&H0000C8FF", "&H00000000"),
    style("Box", "&HFF000000", 2),
    "",
    "[Events]",
    "Format: Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text",
    ...lines,
    "",
  ].join("\n");
}

/** Writes the video with the overlay burnt in, atomically; sound is kept. */
export async function writeOverlay(
  video: string,
  out: string,
  subtitles: string,
  { from = 0, to, ffmpeg = "ffmpeg", signal }: OverlayOptions,
): Promise<void> {
  if (await isFolder(video)) {
    throw new VideoError(
      `Cannot write "${out}": an overlay is of a video, not of pictures`,
      "file",
    );
  }
  const folder = await writing(
    out,
    () => Deno.makeTempDir({ dir: dirname(out), prefix: ".autt-overlay-" }),
  );
  const part = join(folder, `part-${basename(out)}`);
  try {
    await writing(out, () => Deno.writeTextFile(join(folder, "overlay.ass"), subtitles));
    const { code, stderr } = await new Deno.Command(ffmpeg, {
      args: [
        ...["-nostdin", "-hide_banner", "-loglevel", "error"],
        ...from > 0 ? ["-ss", `${from}`] : [],
        ...to === undefined ? [] : ["-to", `${to}`],
        ...["-copyts", ...inputArguments(video)],
        ...["-map", "0:v:0", "-map", "0:a?", "-map_metadata", "-1"],
        // The filter finds its file by a name without anything to escape. Sides must be even for yuv420p.
        ...["-vf", "ass=overlay.ass,pad=ceil(iw/2)*2:ceil(ih/2)*2", "-fps_mode", "passthrough"],
        ...["-c:v", "libx264", "-pix_fmt", "yuv420p", "-crf", "20", "-c:a", "aac"],
        ...["-avoid_negative_ts", "make_zero", "-movflags", "+faststart", "-y", `file:${part}`],
      ],
      cwd: folder,
      stdin: "null",
      stdout: "null",
      stderr: "piped",
      signal,
    }).output();
    signal.throwIfAborted();
    if (code !== 0) {
      const said = new TextDecoder().decode(stderr).trim();
      if (said.includes("No space left on device")) {
        throw new WriteError(
          `Cannot write "${out}": the disk is full: make room and run the same command again`,
        );
      }
      const why = said.split("\n").at(-1) ?? "";
      throw new VideoError(`Cannot write "${out}": ${why.replace(/^\[[^\]]*\] */, "")}`, "decoder");
    }
    await Deno.rename(part, out);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}
