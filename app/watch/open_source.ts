import { environment } from "../../engine/mod.ts";
import { inputArguments } from "../../media/video/ffmpeg_input.ts";
import { VideoError } from "../../media/video/video_error.ts";

/** How ffmpeg opens a camera by each system, and which one if none is named. */
const cameras: Readonly<Record<string, { readonly format: string; readonly usual: string }>> = {
  linux: { format: "v4l2", usual: "/dev/video0" },
  darwin: { format: "avfoundation", usual: "0" },
  windows: { format: "dshow", usual: "video=Integrated Camera" },
};

/** A live video's bytes, and how to end what gives them. */
export interface LiveSource extends Disposable {
  readonly name: string;
  readonly bytes: ReadableStream<Uint8Array>;
}

/** Standard input. */
export function standardInput(): LiveSource {
  return { name: "standard input", bytes: Deno.stdin.readable, [Symbol.dispose]() {} };
}

/** A camera, by the name that ffmpeg has for it. */
export function openCamera(named: string | undefined): LiveSource {
  const camera = cameras[Deno.build.os];
  if (!camera) throw new VideoError(`Cannot open a camera on ${Deno.build.os}`, "decoder");
  const device = named ?? camera.usual;
  return pipe(`the camera ${device}`, ["-f", camera.format, "-i", device]);
}

/** A video file as if it came from a camera: each frame at its time. */
export function playFile(path: string): LiveSource {
  return pipe(path, ["-re", ...inputArguments(path)]);
}

function pipe(name: string, input: readonly string[]): LiveSource {
  const program = environment("AUTT_FFMPEG") ?? "ffmpeg";
  let process: Deno.ChildProcess;
  try {
    process = new Deno.Command(program, {
      args: [
        ...["-nostdin", "-hide_banner", "-nostats", "-loglevel", "error", ...input],
        ...["-map", "0:v:0", "-c:v", "rawvideo", "-pix_fmt", "yuv420p", "-f", "nut", "-"],
      ],
      stdin: "null",
      stdout: "piped",
      stderr: "inherit",
    }).spawn();
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    throw new VideoError(
      `Cannot open ${name}: there is no "${program}": install ffmpeg, or name it in AUTT_FFMPEG`,
      "decoder",
    );
  }
  return {
    name,
    bytes: process.stdout,
    [Symbol.dispose]() {
      try {
        process.kill("SIGKILL");
      } catch {
        // It has already ended.
      }
    },
  };
}
