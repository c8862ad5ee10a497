/**
 * Finds the pictures of a folder that fit a text best, without any training.
 *
 *     deno run --allow-read --allow-env --allow-ffi examples/find_pictures.ts CLIP FOLDER "a red car"
 *
 * @module
 */
import { embedImages, embedTexts, loadClip, openDevice, similarity } from "@autt/autt";

const [model, folder, text] = Deno.args;
if (!model || !folder || !text) throw new TypeError("Wanted: a CLIP, a folder and a text");

const paths: string[] = [];
for await (const { name, isFile } of Deno.readDir(folder)) {
  if (isFile && /\.(jpe?g|png|webp|avif)$/i.test(name)) paths.push(`${folder}/${name}`);
}

using device = await openDevice();
using clip = await loadClip(device, model);
const [wanted] = await embedTexts(clip, [text]);
const pictures = await embedImages(clip, paths);

const found = pictures.map((picture, i) => ({
  path: paths[i],
  similarity: similarity(picture, wanted!),
}));
for (const { path, similarity } of found.sort((a, b) => b.similarity - a.similarity).slice(0, 10)) {
  console.log(similarity.toFixed(4), path);
}
