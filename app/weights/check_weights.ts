import { DownloadError } from "../../io/hub/download_error.ts";
import { findModel } from "../../io/hub/find_model.ts";
import { ask } from "../../io/hub/http_request.ts";
import type { HubSettings } from "../../io/hub/hub_settings.ts";
import { encodePictures } from "../../media/features/encode_pictures.ts";
import { ImagePreparer } from "../../media/image_preparer.ts";
import { readImage } from "../../media/read_image.ts";
import { loadClip } from "../../model/clip/load_clip.ts";
import { dot, unit } from "../../numbers/vectors.ts";
import { stoppable, untilInterrupted } from "../terminal/interrupt.ts";
import { openNamed, UsageError, userPath } from "../terminal/terminal.ts";
import { compareLogits, publishedNumbers } from "./published_numbers.ts";

/** How many bytes a picture that is fetched may have: the one that is meant has 173,131. */
const mostBytes = 10e6;

/** Computes published numbers with the weights of a model that are here. The exit code is 1 if they differ. */
export async function checkWeights(
  name: string,
  named: string | undefined,
  settings: HubSettings,
): Promise<number> {
  const published = publishedNumbers.find(({ model }) => model === name);
  if (!published) {
    throw new UsageError(
      `Cannot check "${name}": numbers to compare with are published of ${
        publishedNumbers.map(({ model }) => model).join(", ")
      } only`,
    );
  }
  const folder = await findModel(name, settings);
  if (folder === undefined) {
    throw new Error(
      `Cannot check "${name}": it is not on this machine: get it with \`./autt weights ${name}\``,
    );
  }
  const picture = named ?? published.picture;
  if (isAddress(picture) && settings.offline) {
    throw new Error(`Cannot fetch ${picture} offline: ${byFile}`);
  }
  return await stoppable(async (signal) => {
    await using file = await localPicture(picture, signal);
    const image = await readImage(file.path);
    if (image.width !== published.width || image.height !== published.height) {
      throw new Error(
        `Cannot check "${name}" by "${picture}": it has ${image.width} x ${image.height} pixels: wanted ` +
          `${published.picture}, which has ${published.width} x ${published.height}`,
      );
    }
    using device = await openNamed({});
    using clip = await untilInterrupted(loadClip(device, folder), signal);
    using preparer = new ImagePreparer(device, clip.config.image.size);
    const row = unit(await encodePictures(clip, preparer, [file.path]));
    const texts = await clip.encodeTexts([...published.texts]), { embedding } = clip.config;
    const logits = published.texts.map((_, i) =>
      clip.logitScale * dot(row, unit(texts.subarray(i * embedding, (i + 1) * embedding)))
    );
    const { lines, agree } = compareLogits(published, logits);
    console.log(lines.join("\n"));
    console.log(
      agree
        ? `${name} gives the numbers of ${published.source}: its weights are read rightly`
        : `${name} does not give the numbers of ${published.source}: the files in ${folder}, or the ` +
          "picture, are others, or this machine computes wrongly (`./autt doctor`)",
    );
    return agree ? 0 : 1;
  }, "stopped");
}

const byFile = "name a copy of that picture with --picture FILE";

const isAddress = (picture: string) => /^https?:\/\//.test(picture);

/** The path of a picture; one with an address is fetched into a file that is removed afterwards. */
async function localPicture(
  picture: string,
  signal: AbortSignal,
): Promise<AsyncDisposable & { readonly path: string }> {
  if (!isAddress(picture)) return { path: userPath(picture), async [Symbol.asyncDispose]() {} };
  const parts: Uint8Array<ArrayBuffer>[] = [];
  using answer = await ask({ url: picture }, { signal });
  if (!answer.response.ok) {
    throw new DownloadError(picture, `the server answers ${answer.response.status}`, byFile);
  }
  let bytes = 0;
  for await (const part of answer.body()) {
    bytes += part.length;
    if (bytes > mostBytes) {
      throw new DownloadError(picture, "it is larger than any such picture", byFile);
    }
    parts.push(part);
  }
  const path = await Deno.makeTempFile({ prefix: "autt-check-", suffix: ".jpg" });
  await Deno.writeFile(path, new Uint8Array(await new Blob(parts).arrayBuffer()));
  return { path, [Symbol.asyncDispose]: () => Deno.remove(path) };
}
