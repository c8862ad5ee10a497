import { fileSize } from "../io/files/file_size.ts";
import type { FaceDetector } from "../media/face/face_detector.ts";
import type { Enrolment } from "../media/features/enrolment.ts";
import { loadEnrolment } from "../media/features/enrolment_file.ts";
import type { ImagePreparer } from "../media/image_preparer.ts";
import type { ClipAu } from "../model/clip_au/clip_au.ts";
import { type Adaptation, ClipAutt, type ClipAuttOptions } from "../tta/clip_autt/clip_autt.ts";
import { loadSubject, saveSubject } from "../tta/clip_autt/subject_file.ts";
import { Observer } from "./observe.ts";
import { TunedDecider } from "./tuned_decider.ts";
import { VideoReader } from "./video_reader.ts";
import { type Faces, openWatcher } from "../media/features/open_watcher.ts";

/** How to open a subject. */
export interface SubjectOptions extends Omit<ClipAuttOptions, "reset"> {
  /** File for what is learned about the person: read if it exists, written by `save()`. */
  readonly path?: string | undefined;
  /** File with the person's enrolment (their resting face), for heads trained with `--centred`. */
  readonly enrolment?: string | undefined;
  /** Whether to find the face in each frame (the default) or to take whole frames as faces. */
  readonly faces?: Faces | undefined;
}

/**
 * A person whom a model is adapted to: what was learnt of them, over videos and programs, and all that
 * reading their videos takes. Does not own the model.
 *
 * @example Adapting to features, and going on later
 * ```ts
 * import { loadClipAu, openDevice, Subject } from "@autt/autt";
 * import { madeUpClipAuFolder } from "made-up-models"; // yours: a CLIP and a head
 * import assert from "node:assert/strict";
 *
 * await using folder = await madeUpClipAuFolder();
 * using device = await openDevice();
 * using model = await loadClipAu(device, { clip: folder.path, head: folder.head });
 * const path = `${folder.path}/anna.safetensors`;
 * const features = Float32Array.from({ length: 5 * 48 }, (_, i) => Math.sin(i)); // of 5 frames
 * {
 *   using anna = await Subject.open(model, { path });
 *   const { before, after } = await anna.autt.adapt(features);
 *   assert(after.entropy < before.entropy);
 *   await anna.save();
 * }
 * using anna = await Subject.open(model, { path });
 * assert(anna.autt.state.moved.distance > 0);
 * ```
 */
export class Subject implements Disposable {
  /** Adapts to the person and holds what was learned. */
  readonly autt: ClipAutt;
  /** Prepares pictures for the model. */
  readonly preparer: ImagePreparer;
  /** Undefined if frames are already cropped to the face. */
  readonly detector: FaceDetector | undefined;
  /** The person's resting face, if they are enrolled. */
  readonly enrolment: Enrolment | undefined;
  /** The person's file, if any. */
  readonly path: string | undefined;
  /**
   * Reads videos of the person.
   * @internal
   */
  readonly reader: VideoReader<Adaptation>;

  private constructor(
    autt: ClipAutt,
    reader: VideoReader<Adaptation>,
    path: string | undefined,
  ) {
    this.autt = autt;
    this.reader = reader;
    this.preparer = reader.watcher.preparer;
    this.detector = reader.watcher.detector;
    this.enrolment = reader.observer.enrolment;
    this.path = path;
  }

  /** Opens a known person if the file exists, otherwise a new one. */
  static async open(model: ClipAu, options: SubjectOptions = {}): Promise<Subject> {
    const { path, enrolment: enrolled, faces = "find", ...rest } = options;
    using owned = new DisposableStack();
    const autt = owned.use(await ClipAutt.open(model, { ...rest, reset: "subject" }));
    if (path !== undefined && await fileSize(path) !== undefined) {
      autt.restore(await loadSubject(path));
    }
    const watcher = owned.use(await openWatcher(model.clip, faces));
    const enrolment = enrolled === undefined ? undefined : await loadEnrolment(enrolled);
    const observer = await Observer.open(watcher, { model, enrolment });
    const decider = new TunedDecider(autt, enrolment);
    return new Subject(autt, new VideoReader(watcher, observer, decider, owned.move()), path);
  }

  /** Saves what was learned: about a megabyte, and no picture. */
  async save(path: string | undefined = this.path): Promise<void> {
    if (path === undefined) throw new TypeError("Cannot save a subject: say where, with a path");
    await saveSubject(path, this.autt.state);
  }

  /** Forgets what was learned; the file is left unchanged. */
  forget(): void {
    this.autt.forget();
  }

  /** Frees all memory. */
  [Symbol.dispose](): void {
    this.reader[Symbol.dispose]();
  }
}
