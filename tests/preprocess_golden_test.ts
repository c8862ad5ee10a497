import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { record } from "../engine/mod.ts";
import { centerCrop, crop, normalize, resize } from "../kernels/mod.ts";
import { gpuTest, sharedDevice } from "./devices.ts";
import goldens from "./golden/preprocess.json" with { type: "json" };

const size = 224;

for (const image of goldens.images) {
  for (const filter of ["bicubic", "bilinear"] as const) {
    gpuTest(`resize(), crop() and normalize() equal Pillow: ${image.file} ${filter}`, async () => {
      const { height: h, width: w } = image;
      const [height, width] = h <= w
        ? [size, Math.trunc(size * w / h)]
        : [Math.trunc(size * h / w), size];
      const device = await sharedDevice();
      using plan = await record(device, (r) => {
        const small = resize(r, r.input("image", [1, h, w, 3], "u8"), { height, width, filter });
        const square = { ...centerCrop(height, width, size), height: size, width: size };
        const cut = crop(r, small, square);
        return { cut, normalized: normalize(r, cut) };
      });
      plan.write("image", await unzip(image.file));
      plan.run();
      const [cut, normalized] = await device.read(
        [plan.outputs.cut, plan.outputs.normalized] as const,
      );
      const rgb = cut.filter((_, i) => i % 4 !== 3);
      assert.equal(sha256(rgb), image[`${filter}Sha256`]);
      if (filter === "bicubic") assert.equal(sha256(normalized), image.bicubicNormalizedSha256);
    });
  }
}

async function unzip(file: string): Promise<Uint8Array<ArrayBuffer>> {
  const bytes = await Deno.readFile(new URL(`./golden/${file}`, import.meta.url));
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

function sha256(data: Uint8Array | Float32Array): string {
  return createHash("sha256").update(new Uint8Array(data.buffer)).digest("hex");
}
