/**
 * Personalised emotion recognition in video, on the user's own device: a tensor engine on WebGPU
 * compute shaders, the kernels that its models are made of, CLIP, CLIP-AU, CLIP-AUTT
 * and TTA-CaP.
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

export * from "./entries/engine.ts";
export * from "./entries/clip.ts";
export * from "./entries/person.ts";

// What the system is made of: adapting by hand, and training heads.
export type { Sample } from "./train/sample.ts";
export {
  beginTraining,
  trainHead,
  type TrainingData,
  type TrainingHooks,
  type TrainSettings,
} from "./train/train_head.ts";
export {
  type Adaptation,
  type AdaptOptions,
  type AdaptProgress,
  ClipAutt,
  type ClipAuttOptions,
} from "./tta/clip_autt/clip_autt.ts";
export { baselinesFor } from "./tta/baselines/mod.ts";
export {
  type DecideOptions,
  type Decision,
  type Method,
  type MethodEntry,
  methods,
  type MethodSetup,
  type Need,
  type Person,
  type RestingClip,
  type SourceClip,
  type UnlabelledClip,
} from "./tta/methods/mod.ts";
export type { Dsfda } from "./tta/dsfda/dsfda.ts";
export type { Faces as DsfdaFaces } from "./tta/dsfda/faces.ts";
export type { View as DsfdaView } from "./tta/dsfda/view.ts";
export type {
  Parameter as DsfdaParameter,
  Parameters as DsfdaParameters,
} from "./model/dsfda/parameters.ts";
export type { LatentPft, Standard } from "./tta/pft/latent_pft.ts";
export type { Probes } from "./tta/pft/collapse_guard.ts";
export type { ClassifierWeights } from "./tta/pft/frozen_classifier.ts";
export type { TranslatorWeights } from "./tta/pft/translator.ts";
export type { HeadState } from "./train/head_trainer.ts";
export type { Metrics } from "./numbers/scores/metrics.ts";
export type { EpochResult, HeldResult, TrainingState } from "./train/training_state.ts";
export type { Split } from "./data/split_subjects.ts";
export type { Offer } from "./tta/eb_cap/diverse_cache.ts";
export { EbCap, type EbCapModel, type EbCapStep, type WalkNoise } from "./tta/eb_cap/eb_cap.ts";
export { ebCapDefaults, ebCapOfficial, type EbCapSettings } from "./tta/eb_cap/settings.ts";
export type { Walk } from "./tta/eb_cap/walk.ts";
export type { Moved, TunedPrediction, TuningState, TuningStep } from "./tta/clip_autt/tuning.ts";
export type { Outcome } from "./tta/clip_autt/collapse_guard.ts";
export type { SubjectState } from "./tta/clip_autt/subject_state.ts";
export { loadSubject, saveSubject } from "./tta/clip_autt/subject_file.ts";
export type { ClusterCandidate, ClusterSearch } from "./tta/tta_cap/cluster_search.ts";
export type { ComponentName, ComponentWeight } from "./tta/tta_cap/fuse_embeddings.ts";
export type { Prototypes } from "./tta/tta_cap/prototypes.ts";
export { type TtaCapGate, type TtaCapSettings, ttaCapVersions } from "./tta/tta_cap/settings.ts";
export {
  buildSourceCache,
  type FeatureStatistics,
  type Personalization,
  personalize,
  type SourceCache,
  type SourceCacheOptions,
  type SourceCaches,
  type SourceSubject,
} from "./tta/tta_cap/source_cache.ts";
export { type SourceSettings, sourceVersions } from "./tta/tta_cap/source_settings.ts";
export type { CachedStep, TtaCapAction, TtaCapStep } from "./tta/tta_cap/step_record.ts";
export { TtaCap, type TtaCapModel } from "./tta/tta_cap/tta_cap.ts";
export type { SavedSample, TtaCapState } from "./tta/tta_cap/tta_cap_state.ts";
export type { Vector } from "./numbers/vectors.ts";
export { decideVideo, type VideoDecision } from "./tta/tta_cap/video_decision.ts";
export type { Enrolment } from "./media/features/enrolment.ts";
export { loadEnrolment, saveEnrolment } from "./media/features/enrolment_file.ts";
export { centred, type NeutralMean, neutralMean } from "./model/clip_au/neutral.ts";
export type { HeadTraining } from "./model/clip_au/head_training.ts";
export type { KnownPeople } from "./model/clip_au/known_people.ts";
export { calmestStretch } from "./model/clip_au/calmest_stretch.ts";
export type { RestFinder } from "./model/clip_au/rest.ts";
export type { Jitter } from "./train/jitter.ts";
export { Centring, type RestSource } from "./person/centring.ts";
export type { Rest } from "./model/clip_au/neutral.ts";
export { tuningModes, type TuningSettings } from "./tta/clip_autt/tuning_settings.ts";
