import { resolve } from "node:path";

/**
 * The container formats that are allowed: each holds its own pictures. Formats that refer to other files
 * or addresses (playlists, file lists, session descriptions, name patterns) are excluded.
 */
const formats = [
  ...["mov", "matroska", "avi", "mpeg", "mpegvideo", "mpegts", "flv", "asf", "ogg", "rm", "wtv"],
  ...["nut", "mxf", "gxf", "dv", "ivf", "yuv4mpegpipe", "gif", "apng", "webp_pipe"],
  ...["h264", "hevc", "m4v", "h263", "h261", "vc1", "av1", "obu", "dirac", "mjpeg", "mjpeg_2000"],
].join(",");

/** ffmpeg arguments for a video that is piped in; it cannot open any file. */
export function pipeArguments(): string[] {
  return ["-protocol_whitelist", "pipe", "-format_whitelist", formats, "-i", "pipe:0"];
}

/**
 * ffmpeg arguments for one video file, whatever its name and contents. The name is always a path, never an
 * option, a protocol or a list. Only files can be opened, and a file that refers to others is rejected
 * before anything it names is touched.
 */
export function inputArguments(path: string): string[] {
  return [
    ...["-protocol_whitelist", "file", "-format_whitelist", formats],
    ...["-i", `file:${resolve(path)}`],
  ];
}
