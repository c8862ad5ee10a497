/**
 * Looks at a file's sound in a process of its own, whose memory is nobody else's, and prints how much it took in the first
 * five minutes of sound and after them.
 */
import { openSound } from "../media/sound/open_sound.ts";
import { soundFrames } from "../media/sound/sound_frames.ts";
import { trackSound } from "../media/sound/sound_track.ts";

await using opened = await openSound(Deno.args[0] ?? "");
if (!opened) throw new Error("there is no sound in it");
let most = 0, early = 0;
const { energy, pitch, mel, pauses } = await trackSound(soundFrames(opened), 0, (seconds) => {
  const { rss } = Deno.memoryUsage();
  if (seconds < 300) early = Math.max(early, rss);
  else most = Math.max(most, rss);
});
const kept = energy.byteLength + pitch.byteLength + mel.byteLength;
console.log(JSON.stringify({ frames: energy.length, pauses: pauses.length, kept, early, most }));
