/**
 * Embeds 1,000 pictures one by one and decides on each, and prints what memory did meanwhile: in a process of its
 * own, as others would allocate as well.
 *
 * @module
 */
import "../engine/deno_host.ts";
import { openDevice } from "../engine/mod.ts";
import { openSmall, smallPictures } from "./small_adaptation.ts";

using device = await openDevice();
using small = await openSmall(device);
const pictures = smallPictures(4);

/** Of one to four pictures in turn, so that plans come and go as well; four at once, as reading waits. */
async function infer(times: number): Promise<void> {
  for (let i = 0; i < times; i += 4) {
    await Promise.all(pictures.map(async (_, last) => {
      const features = await small.clip.images.encode(pictures.slice(0, last + 1));
      await small.model.predict([features]);
    }));
  }
}

// The first ones fill what is kept: compiled kernels, plans, idle memory.
await infer(200);
const before = { device: device.pool.bytesAllocated, resident: Deno.memoryUsage().rss };
await infer(1000);
console.log(JSON.stringify({
  device: { before: before.device, after: device.pool.bytesAllocated },
  grown: Deno.memoryUsage().rss - before.resident,
}));
