import { resolve } from "node:path";

/**
 * The kinds of files that are read: each holds its own pictures. Those that name other files or
 * addresses (playlists, lists of parts, session descriptions, patterns of names) are not among them.
 */
const formats = [
  ...["mov", "matroska", "avi", "mpeg", "mpegvideo", "mpegts", "flv", "asf", "ogg", "rm", "wtv"],
  ...["nut", "mxf", "gxf", "dv", "ivf", "yuv4mpegpipe", "gif", "apng", "webp_pipe"],
  ...["h264", "hevc", "m4v", "h263", "h261", "vc1", "av1", "obu", "dirac", "mjpeg", "mjpeg_2000"],
].join(",");

/** ffmpeg's arguments for a video whose bytes come in by a pipe: the same, and it can open no file. */
export function pipeArguments(): string[] {
  return ["-protocol_whitelist", "pipe", "-format_whitelist", formats, "-i", "pipe:0"];
}

/**
 * ffmpeg's arguments for a video to read: that one file, whatever its name looks like and whatever is in
 * it. A name is a path and never an option, a protocol or a list; nothing but files can be opened, and a
 * file that points to others is refused before anything that it names is touched.
 */
export function inputArguments(path: string): string[] {
  return [
    ...["-protocol_whitelist", "file", "-format_whitelist", formats],
    ...["-i", `file:${resolve(path)}`],
  ];
}
