/**
 * The same system for pages and other places without a file system: whatever is reached from here
 * uses neither Deno nor Node. Files come in as bytes, videos as frames.
 *
 * @example Reading a person's expression in frames
 * ```ts ignore
 * import { bytesSource, ClipAu, openClip, openDevice, readHead, readTensors } from "@autt/autt/browser";
 *
 * const bytes = async (url: string) => await (await fetch(url)).bytes();
 * const open = async (url: string) => await readTensors(bytesSource(url, await bytes(url)));
 * using device = await openDevice();
 * using clip = await openClip(device, {
 *   weights: await open("model.safetensors"),
 *   vocabulary: { name: "tokenizer.json", text: await (await fetch("tokenizer.json")).text() },
 * }, { tunable: true });
 * using model = await ClipAu.open(device, clip, await readHead(await open("head.safetensors")));
 * ```
 *
 * @module
 */

// The engine: plans of kernels on a device.
export * from "./engine/mod.ts";
export * from "./kernels/mod.ts";

// Files in memory.
export { type ByteSource, bytesSource } from "./io/files/byte_source.ts";
export { FormatError } from "./io/files/format_error.ts";
export { sha256 } from "./io/files/sha256.ts";
export { readTensors } from "./io/tensors/read_tensors.ts";
export type { StoredType } from "./io/tensors/stored_type.ts";
export type { RowRange, StoredTensor, TensorFile } from "./io/tensors/tensor_file.ts";

// CLIP and CLIP-AU.
export { Clip, type ClipOptions } from "./model/clip/clip.ts";
export { type ClipConfig, clipName, clipPresets } from "./model/clip/config.ts";
export { type ClipFiles, openClip, type TextFile } from "./model/clip/open_clip.ts";
export { wantsMirrored } from "./model/clip/mirrored.ts";
export type { VocabularyFile } from "./model/tokenizer/vocabulary.ts";
export { auPrompts } from "./model/clip_au/au_prompts.ts";
export { ClipAu, type ClipAuOptions, type Prediction } from "./model/clip_au/clip_au.ts";
export { encodeHead, type Head, type HeadInfo, readHead } from "./model/clip_au/head_file.ts";
export { type NeutralMean, neutralMean } from "./model/clip_au/neutral.ts";
export type { HeadTraining } from "./model/clip_au/head_training.ts";
export type { KnownPeople } from "./model/clip_au/known_people.ts";
export type { RestFinder } from "./model/clip_au/rest.ts";

// Faces and their features.
export type { Face, FaceBox } from "./media/face/decode_faces.ts";
export { FaceDetector } from "./media/face/face_detector.ts";
export type { TrackedFace } from "./media/face/face_tracker.ts";
export {
  checkEnrolment,
  encodeEnrolment,
  type Enrolment,
  enrolmentMismatch,
  type FeatureKind,
  readEnrolment,
} from "./media/features/enrolment.ts";
export { featuresOf, type SeenFrame } from "./media/features/seen_frame.ts";
export { type ShowFace, type StageTimer, type WatchTools } from "./media/features/watch_faces.ts";
export { Watcher, type WatchOptions } from "./media/features/watcher.ts";
export type { WatchedPerson } from "./media/features/watched_people.ts";
export { type Image, ImagePreparer } from "./media/image_preparer.ts";
export type { Frame, FrameSource, OpenedVideo } from "./media/video/frame.ts";

// Arithmetic on the host.
export { joined } from "./numbers/vectors.ts";

// A person: observing, adapting, deciding.
export { analyse, type Analysis, type Requirements } from "./person/analyse.ts";
export { type Observation, Observer } from "./person/observe.ts";
export {
  type FacsUnit,
  facsUnit,
  unitLabel,
  type UnitSet,
  unitSets,
} from "./model/clip_au/facs.ts";
export { type EventGroup, groupEvents } from "./person/event_groups.ts";
export {
  type EventSettings,
  findEvents,
  type UnitEvent,
  type UnitEvents,
} from "./person/unit_events.ts";
export { readUnits, setReading, type UnitReadings, type Usual } from "./person/unit_readings.ts";
export { Centring, type RestSource } from "./person/centring.ts";
export type { Rest } from "./model/clip_au/neutral.ts";
export { TunedDecider } from "./person/tuned_decider.ts";
export type {
  AnalysedWindow,
  DecidedVideo,
  DecideVideoOptions,
  Verdict,
  VideoAnswer,
  VideoDecider,
} from "./person/video_decider.ts";
export {
  type InferProgress,
  type Reading,
  type ReadOptions,
  VideoReader,
} from "./person/video_reader.ts";
export { type Adaptation, ClipAutt, type ClipAuttOptions } from "./tta/clip_autt/clip_autt.ts";
export { encodeSubject, readSubject, type SubjectState } from "./tta/clip_autt/subject_state.ts";
export { tuningModes, type TuningSettings } from "./tta/clip_autt/tuning_settings.ts";
