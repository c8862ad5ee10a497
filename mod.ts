/**
 * Personalised emotion recognition in video, on the user's own device: a tensor engine on WebGPU
 * compute shaders, the kernels that its models are made of, CLIP, CLIP-AU and CLIP-AUTT.
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
export type { Face } from "./media/face/decode_faces.ts";
export { FaceDetector } from "./media/face/face_detector.ts";
export { type Image, ImagePreparer } from "./media/image_preparer.ts";
export { readImage } from "./media/read_image.ts";
export { type Frame, openVideo, type VideoOptions } from "./media/video/open_video.ts";
export { VideoError } from "./media/video/video_error.ts";
export { Clip, type ClipOptions } from "./model/clip/clip.ts";
export { type ClipConfig, clipName, clipPresets } from "./model/clip/config.ts";
export { loadClip } from "./model/clip/load_clip.ts";
export { auPrompts } from "./model/au_prompts.ts";
export { ClipAu, type ClipAuOptions, type Prediction } from "./model/clip_au/clip_au.ts";
export { type Head, type HeadInfo, loadHead, saveHead } from "./model/clip_au/head_file.ts";
export { type PromptOptions, Tokenizer } from "./model/tokenizer/tokenizer.ts";
export { readVocabulary, type Vocabulary } from "./model/tokenizer/vocabulary.ts";
export {
  beginTraining,
  trainHead,
  type TrainingData,
  type TrainSettings,
} from "./train/train_head.ts";
export {
  type Adaptation,
  type AdaptOptions,
  ClipAutt,
  type ClipAuttOptions,
} from "./tta/clip_autt.ts";
export { baselinesFor } from "./tta/baselines/mod.ts";
export {
  type Decision,
  type Method,
  type MethodEntry,
  methods,
  type MethodSetup,
  type Need,
  type Person,
  type SourceClip,
  type UnlabelledClip,
} from "./tta/methods/mod.ts";
export type { TunedPrediction } from "./tta/predictions.ts";
export { PromptTuner, type TunerModel } from "./tta/prompt_tuner.ts";
export { loadSubject, saveSubject, type SubjectState } from "./tta/subject_state.ts";
export { tuningModes, type TuningSettings } from "./tta/tuning_settings.ts";
