/**
 * Personalised emotion recognition in video, on the user's own device: a tensor engine on WebGPU
 * compute shaders, the kernels that its models are made of, and CLIP.
 *
 * @example A plan of two kernels
 * ```ts
 * import { matmul, openDevice, record, softmax } from "@autt/autt";
 * import assert from "node:assert/strict";
 *
 * using device = await openDevice();
 * using plan = await record(device, (r) => {
 *   const x = r.input("x", [1, 2]);
 *   const w = r.input("w", [2, 2]);
 *   return softmax(r, matmul(r, x, w));
 * });
 * plan.write("x", Float32Array.of(1, 2));
 * plan.write("w", Float32Array.of(1, 3, 1, 0));
 * plan.run();
 * assert.deepEqual([...await device.read(plan.outputs)], [0.5, 0.5]);
 * ```
 *
 * @module
 */
export * from "./engine/mod.ts";
export * from "./kernels/mod.ts";
export { type Image, ImagePreparer } from "./media/image_preparer.ts";
export { readImage } from "./media/read_image.ts";
export { Clip, type ClipOptions } from "./model/clip/clip.ts";
export { type ClipConfig, clipName, clipPresets } from "./model/clip/config.ts";
export { loadClip } from "./model/clip/load_clip.ts";
export { type PromptOptions, Tokenizer } from "./model/tokenizer/tokenizer.ts";
export { readVocabulary, type Vocabulary } from "./model/tokenizer/vocabulary.ts";
