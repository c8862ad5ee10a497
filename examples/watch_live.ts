/**
 * Reads a live video from standard input and prints a decision every four seconds, as lines of JSON:
 *
 *     ffmpeg -f v4l2 -i /dev/video0 -f nut - |
 *       deno run --allow-read --allow-env --allow-run=ffmpeg examples/watch_live.ts CLIP HEAD
 *
 * (on macOS `-f avfoundation -i 0`, on Windows `-f dshow -i video=NAME`; any stream that ffmpeg reads goes).
 *
 * @module
 */
import { inferVideo, loadClipAu, openDevice, Subject } from "@autt/autt";

const [clip, head] = Deno.args;
if (!clip || !head) throw new TypeError("Wanted: a CLIP and a head");

using device = await openDevice();
using model = await loadClipAu(device, { clip, head });
using person = await Subject.open(model);

const stop = new AbortController();
Deno.addSignalListener("SIGINT", () => stop.abort());

const windows = inferVideo(person, Deno.stdin.readable, {
  signal: stop.signal,
  every: 3,
  segment: 4,
  onAnalysis: ({ abstained }) => abstained && console.log(JSON.stringify({ abstained })),
});
try {
  for await (const { chosen, from, to, probabilities, abstained } of windows) {
    if (chosen && !abstained) console.log(JSON.stringify({ from, to, probabilities }));
  }
} catch (error) {
  if (!stop.signal.aborted) throw error;
}
