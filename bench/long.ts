/** Time and memory of `infer` on videos of different lengths, made by showing the drawn sample again and again. */
import { join } from "node:path";
import { parseOptions, runCommand, UsageError } from "../app/terminal/terminal.ts";
import { demoSample } from "../demo/model.ts";

const help = `Measures time and memory of infer on long videos.

usage: ./autt bench:long [options]
  --minutes A,B   lengths (default 1,4,16,64)
  --every N       every so many frames one, as in \`infer\` (default 2, as there)
  -h, --help      this text

The drawn sample is shown again and again, at 15 frames a second, and read with the demo's model; JSON,
table and report are written. Memory is the most that was resident, and what is at the end. Processor time is that of
all cores without ffmpeg's, and says more than the clock where other programs run beside it.`;

const framesPerSecond = 15;

async function makeVideo(path: string, minutes: number): Promise<void> {
  const { code } = await new Deno.Command("ffmpeg", {
    args: [
      ...["-nostdin", "-loglevel", "error", "-stream_loop", "-1", "-i", demoSample],
      ...["-t", `${60 * minutes}`, "-r", `${framesPerSecond}`, "-preset", "ultrafast", path],
    ],
  }).output();
  if (code !== 0) throw new Error(`Cannot make a video of ${minutes} minutes: ffmpeg failed`);
}

/** Runs `infer` on a video: how long it took, and its memory. */
async function measure(folder: string, video: string, every: string) {
  const outputs = ["json", "csv", "report"].flatMap((kind) => [`--${kind}`, join(folder, kind)]);
  const begun = performance.now();
  const child = new Deno.Command(Deno.execPath(), {
    args: [
      "task",
      "--quiet",
      "infer",
      video,
      "--model",
      "demo",
      "--every",
      every,
      "--profile",
      ...outputs,
    ],
    stdin: "null",
    stdout: "null",
    stderr: "piped",
  }).spawn();
  const { code, stderr } = await child.output(), said = new TextDecoder().decode(stderr);
  const [, resident, most] = /, (\d+) MiB resident at the end, (\d+) MiB at most/.exec(said) ?? [];
  const processor = /^processor: ([\d.]+) s/m.exec(said)?.[1];
  if (code !== 0 || resident === undefined || most === undefined || processor === undefined) {
    throw new Error(`Cannot measure: infer ended with ${code}: ${said.trimEnd()}`);
  }
  const seconds = (performance.now() - begun) / 1000;
  return { seconds, processor: Number(processor), resident, most };
}

await runCommand(async (args) => {
  const { values } = parseOptions(args, {
    minutes: { type: "string", default: "1,4,16,64" },
    every: { type: "string", default: "2" },
  }, help);
  const lengths = values.minutes.split(",").map(Number);
  if (!lengths.every((minutes) => minutes > 0 && minutes < Infinity)) {
    throw new UsageError(`Cannot measure ${values.minutes} minutes: wanted numbers above 0`);
  }
  const folder = await Deno.makeTempDir({ prefix: "autt-long-" });
  try {
    console.log("minutes   seconds   per minute   processor   per minute    at most     at end");
    for (const minutes of lengths) {
      const video = join(folder, "video.mp4");
      await makeVideo(video, minutes);
      const { seconds, processor, resident, most } = await measure(folder, video, values.every);
      const times = [seconds, seconds / minutes, processor, processor / minutes];
      console.log(
        `${`${minutes}`.padStart(7)} ${
          times.map((time, i) => time.toFixed(1).padStart([9, 12, 11, 12][i] ?? 0)).join(" ")
        } ${most.padStart(6)} MiB ${resident.padStart(6)} MiB`,
      );
      await Deno.remove(video);
    }
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
  return 0;
}, Deno.args);
