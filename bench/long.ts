/** Time and memory of `infer` on videos of different lengths, made by showing the drawn sample again and again. */
import { join } from "node:path";
import { parseOptions, runCommand, UsageError } from "../app/terminal/terminal.ts";
import { demoSample } from "../demo/model.ts";

const help = `Measures time and memory of infer on long videos.

usage: deno task bench:long [options]
  --minutes A,B   lengths (default 1,4,16,64)
  -h, --help      this text

The drawn sample is shown again and again, at 15 frames a second; every frame is looked at, with the demo's model,
and JSON, table and report are written. Memory is the most that was resident, as Linux tells it.`;

const framesPerSecond = 15;

/** The most memory that a process had resident so far, in MiB; undefined when it is over. */
async function peakOf(process: number): Promise<number | undefined> {
  const status = await Deno.readTextFile(`/proc/${process}/status`).catch(() => "");
  const kibibytes = /^VmHWM:\s+(\d+) kB/m.exec(status)?.[1];
  return kibibytes === undefined ? undefined : Number(kibibytes) / 1024;
}

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
async function measure(folder: string, video: string) {
  const outputs = ["json", "csv", "report"].flatMap((kind) => [`--${kind}`, join(folder, kind)]);
  const begun = performance.now();
  const child = new Deno.Command(Deno.execPath(), {
    args: ["task", "--quiet", "infer", video, "--model", "demo", "--every", "1", ...outputs],
    stdin: "null",
    stdout: "null",
    stderr: "null",
  }).spawn();
  let peak = 0;
  const look = setInterval(async () => {
    for (const process of await familyOf(child.pid)) {
      peak = Math.max(peak, await peakOf(process) ?? 0);
    }
  }, 200);
  const { code } = await child.status;
  clearInterval(look);
  if (code !== 0) throw new Error(`Cannot measure: infer ended with ${code}`);
  return { seconds: (performance.now() - begun) / 1000, peak };
}

/** A process and those that it began. */
async function familyOf(process: number): Promise<number[]> {
  const path = `/proc/${process}/task/${process}/children`;
  const own = (await Deno.readTextFile(path).catch(() => "")).split(" ").filter(Boolean);
  return [process, ...(await Promise.all(own.map((one) => familyOf(Number(one))))).flat()];
}

await runCommand(async (args) => {
  const { values } = parseOptions(args, {
    minutes: { type: "string", default: "1,4,16,64" },
  }, help);
  const lengths = values.minutes.split(",").map(Number);
  if (!lengths.every((minutes) => minutes > 0 && minutes < Infinity)) {
    throw new UsageError(`Cannot measure ${values.minutes} minutes: wanted numbers above 0`);
  }
  const folder = await Deno.makeTempDir({ prefix: "autt-long-" });
  try {
    console.log("minutes   seconds   per minute   peak of memory");
    for (const minutes of lengths) {
      const video = join(folder, "video.mp4");
      await makeVideo(video, minutes);
      const { seconds, peak } = await measure(folder, video);
      console.log(
        `${`${minutes}`.padStart(7)} ${seconds.toFixed(1).padStart(9)} ` +
          `${(seconds / minutes).toFixed(1).padStart(12)} ${peak.toFixed(0).padStart(12)} MiB`,
      );
      await Deno.remove(video);
    }
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
  return 0;
}, Deno.args);
