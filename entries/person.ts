/**
 * What a person's face does in a video, and what it expresses: Action Units, CLIP-AU, CLIP-AUTT.
 *
 * @example Which Action Units a prompt stands for
 * ```ts
 * import { auPrompts, unitLabel } from "@autt/autt/person";
 * import assert from "node:assert/strict";
 * assert.equal(unitLabel(auPrompts[6]), "AU9 nose wrinkled");
 * ```
 *
 * @module
 */
export { type InferOptions, inferVideo, type VideoWindow } from "../person/infer_video.ts";
export type { InferProgress } from "../person/video_reader.ts";
export { Subject, type SubjectOptions } from "../person/subject.ts";
export type { Preparation } from "../model/clip_au/preparation.ts";
export { auPrompts } from "../model/clip_au/au_prompts.ts";
export { ClipAu, type ClipAuOptions, type Prediction } from "../model/clip_au/clip_au.ts";
export { type ClipAuFiles, loadClipAu } from "../model/clip_au/load_clip_au.ts";
export type { HeadParameters, HeadSizes } from "../model/clip_au/head_parameters.ts";
export type { Head, HeadInfo } from "../model/clip_au/head_file.ts";
export { loadHead, saveHead } from "../model/clip_au/load_head.ts";
export type { Face, FaceBox, Point } from "../media/face/decode_faces.ts";
export { FaceDetector } from "../media/face/face_detector.ts";
export { openDetector } from "../media/face/open_detector.ts";
export { openVideo, type VideoOptions } from "../media/video/open_video.ts";
export type { Frame, OpenedVideo } from "../media/video/frame.ts";
export { VideoError } from "../media/video/video_error.ts";
export type { Analysis, Requirements } from "../person/analyse.ts";
export type { AnalysedWindow, DecidedVideo, VideoAnswer } from "../person/video_decider.ts";
export type { TrackedFace } from "../media/face/face_tracker.ts";
export type { FrameOptions } from "../media/video/open_frames.ts";
export type { WatchedPerson } from "../media/features/watched_people.ts";
export type { SeenFrame } from "../media/features/seen_frame.ts";
export type { Faces } from "../media/features/open_watcher.ts";
export type { Observation } from "../person/observe.ts";
export {
  type FacsUnit,
  facsUnit,
  unitLabel,
  type UnitSet,
  unitSets,
} from "../model/clip_au/facs.ts";
export { type EventGroup, groupEvents } from "../person/event_groups.ts";
export {
  type EventSettings,
  findEvents,
  type UnitEvent,
  type UnitEvents,
} from "../person/unit_events.ts";
export { readUnits, setReading, type UnitReadings, type Usual } from "../person/unit_readings.ts";
export type { Sentence, Transcript } from "../media/transcript/transcript.ts";
export { parseTranscript, readTranscript } from "../media/transcript/read_transcript.ts";
export { type EmbeddedSentence, embedSentences } from "../media/transcript/embed_sentences.ts";
export type { CutSentence } from "../media/transcript/cut_sentence.ts";
export { type OpenedSound, openSound, type SoundOptions } from "../media/sound/open_sound.ts";
export type { StoredSound } from "../media/video/ffmpeg_report.ts";
export { type SoundFrames, soundFrames } from "../media/sound/sound_frames.ts";
export { type SoundTrack, trackSound } from "../media/sound/sound_track.ts";
export type { Pauses } from "../media/sound/pauses.ts";
export {
  prosodyNames,
  prosodyOf,
  soundFeatureNames,
  soundFeatures,
} from "../media/sound/sound_features.ts";
export { readSpeech, type Speech, type SpeechOptions } from "../media/speech/read_speech.ts";
export { type BesideFrames, besideFrames } from "../media/speech/beside_frames.ts";
