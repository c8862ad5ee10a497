import { VideoError } from "./video_error.ts";

const install = "install ffmpeg (on Debian: apt-get install ffmpeg), or name it in AUTT_FFMPEG";

/** Starts ffmpeg, which reads `path`; says what to do if there is none. */
export function startFfmpeg(
  ffmpeg: string,
  path: string,
  args: readonly string[],
  stdin: "piped" | "null",
): Deno.ChildProcess {
  try {
    const pipes = { stdin, stdout: "piped", stderr: "piped" } as const;
    return new Deno.Command(ffmpeg, { args: [...args], ...pipes }).spawn();
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    throw new VideoError(`Cannot decode "${path}": there is no "${ffmpeg}": ${install}`, "decoder");
  }
}

/**
 * Ends ffmpeg when a signal is aborted.
 *
 * @returns Ends it at once, and no longer listens to the signal.
 */
export function endOnAbort(
  process: Deno.ChildProcess,
  signal: AbortSignal | undefined,
): () => void {
  const kill = () => {
    try {
      process.kill("SIGKILL");
    } catch {
      // It has already ended.
    }
  };
  signal?.addEventListener("abort", kill, { once: true });
  return () => {
    kill();
    signal?.removeEventListener("abort", kill);
  };
}
