/**
 * Adapts to a new person by their first video, keeps what was learnt, and goes on with it for a second one.
 *
 *     deno run --allow-read --allow-write --allow-env --allow-run=ffmpeg \
 *       examples/adapt.ts CLIP HEAD anna.safetensors FIRST SECOND
 *
 * @module
 */
import { inferVideo, loadClipAu, openDevice, Subject } from "@autt/autt";

const [clip, head, path, ...videos] = Deno.args;
if (!clip || !head || !path || videos.length === 0) {
  throw new TypeError("Wanted: a CLIP, a head, a file for the person, and videos of them");
}

using device = await openDevice();
using model = await loadClipAu(device, { clip, head });
for (const video of videos) {
  using person = await Subject.open(model, { path }); // known from the second video on
  const windows = inferVideo(person, video, {
    onAnalysis: ({ abstained = "", adaptation }) => {
      if (!adaptation) return console.log(`${video}: no answer: ${abstained}`);
      const { before, after, moved, warnings } = adaptation;
      console.log(
        `${video}: entropy ${before.entropy.toFixed(3)} before, ${
          after.entropy.toFixed(3)
        } after; ` +
          `prompts are ${moved.distance.toFixed(3)} from where they began`,
      );
      for (const warning of warnings) console.log(`warning: ${warning}`);
    },
  });
  for await (const { chosen, from, to, probabilities } of windows) {
    if (chosen) console.log(`from ${from.toFixed(2)} s to ${to.toFixed(2)} s`, probabilities);
  }
  await person.save();
}
