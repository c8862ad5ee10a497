/**
 * Embeds 1,000 pictures one by one and decides on each, then reads 10,000 small results, and prints what memory did meanwhile: in a process of its
 * own, as others would allocate as well.
 *
 * @module
 */
import "../engine/deno_host.ts";
import { openDevice, record } from "../engine/mod.ts";
import { scale } from "../kernels/mod.ts";
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
const { gc } = globalThis as unknown as { readonly gc: () => void };
gc();
const after = { device: device.pool.bytesAllocated, resident: Deno.memoryUsage().rss };
const plan = await record(device, (r) => scale(r, r.input("x", [1000]), 2));
for (let i = 0; i < 10_000; i++) {
  plan.write("x", new Float32Array(1000));
  plan.run();
  await device.read([plan.outputs]);
}
gc();
console.log(JSON.stringify({
  device: { before: before.device, after: after.device },
  grown: after.resident - before.resident,
  grownByReads: Deno.memoryUsage().rss - after.resident,
}));
