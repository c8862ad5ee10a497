/**
 * Reads all videos of a folder, each of a person of its own, and prints a table. A video that can't be read
 * doesn't stop the others.
 *
 *     deno run --allow-read --allow-env --allow-run=ffmpeg examples/read_folder.ts CLIP HEAD FOLDER
 *
 * @module
 */
import { inferVideo, loadClipAu, openDevice, Subject, VideoError } from "@autt/autt";

const [clip, head, folder] = Deno.args;
if (!clip || !head || !folder) throw new TypeError("Wanted: a CLIP, a head and a folder");

using device = await openDevice();
using model = await loadClipAu(device, { clip, head });
using person = await Subject.open(model);

console.log(["video", "from", "to", ...model.head.classes].join("\t"));
for await (const { name, isFile } of Deno.readDir(folder)) {
  if (!isFile || !/\.(mp4|mov|mkv|webm|avi)$/i.test(name)) continue;
  person.forget();
  try {
    let answer = `no answer`;
    const onAnalysis = ({ abstained = "" }) => answer += `: ${abstained}`;
    for await (const window of inferVideo(person, `${folder}/${name}`, { onAnalysis })) {
      if (!window.chosen) continue;
      const shares = Object.values(window.probabilities).map((share) => share.toFixed(3));
      answer = [window.from.toFixed(2), window.to.toFixed(2), ...shares].join("\t");
    }
    console.log(`${name}\t${answer}`);
  } catch (error) {
    if (!(error instanceof VideoError)) throw error;
    console.error(error.message);
  }
}
