import type { Clip } from "../../model/clip/clip.ts";
import { cropSquare, squareAround } from "../face/crop_face.ts";
import type { FaceDetector } from "../face/face_detector.ts";
import type { FaceTracker, TrackedFace } from "../face/face_tracker.ts";
import type { ImagePreparer } from "../image_preparer.ts";
import type { Frame } from "../video/frame.ts";

/** Called with every picture that the model sees, `[size, size, 4]` bytes, and its frame's index. */
export type ShowFace = (
  frame: number,
  square: Uint8Array<ArrayBuffer>,
  face: TrackedFace | undefined,
) => void;

/** Runs a stage and may time it. */
export interface StageTimer {
  /** Runs a named stage. */
  time<T>(stage: string, action: () => Promise<T>): Promise<T>;
}

/** Runs stages without timing them. */
export const untimed: StageTimer = { time: (_, action) => action() };

/** The models that frames go through, and callbacks. */
export interface WatchTools {
  /** Embeds the faces. */
  readonly clip: Clip;
  /** Prepares them for the CLIP. */
  readonly preparer: ImagePreparer;
  /** Undefined if frames are already cropped to the face. */
  readonly detector: FaceDetector | undefined;
  /** Prepares each face once more, for a method that decides on pictures: they are kept as `picture`. */
  readonly pictures?: ImagePreparer | undefined;
  /** Called with every picture that the model sees. */
  readonly showFace?: ShowFace | undefined;
  /** Times the stages; by default they are not timed. */
  readonly clock?: StageTimer | undefined;
  /** Most frames at once: 1 where each is wanted as it comes; by default what suits the device. */
  readonly batch?: number | undefined;
}

/** Approximate bytes of pixels in a batch: larger frames make smaller batches. */
const batchBytes = 2 ** 27;

/** Batch size on a software adapter, which blocks the event loop while it computes. */
const softwareBatch = 16;

/** Batches of frames; the next batch is decoded while the current one is processed. */
async function* batches(
  frames: AsyncIterable<Frame>,
  size: number,
  clock: StageTimer,
): AsyncGenerator<Frame[]> {
  const source = frames[Symbol.asyncIterator]();
  const read = () => clock.time("decode, beside the others", readBatch);
  const readBatch = async () => {
    const batch: Frame[] = [];
    const few = () => Math.max(1, Math.floor(batchBytes / (batch[0]?.data.length ?? 1)));
    while (batch.length < Math.min(size, few())) {
      const { value, done } = await source.next();
      if (done) break;
      // A video's size may change midway; all frames of a batch have one size.
      if (batch[0] && (batch[0].width !== value.width || batch[0].height !== value.height)) {
        return { batch, rest: value as Frame };
      }
      batch.push(value);
    }
    return { batch };
  };
  try {
    let next = read();
    while (true) {
      const { batch, rest } = await clock.time("waiting for frames", () => next);
      if (batch.length === 0) return;
      if (rest) {
        yield batch;
        yield [rest];
        next = read();
        continue;
      }
      next = read();
      next.catch(() => {}); // reported where it is awaited
      yield batch;
    }
  } finally {
    await source.return?.();
  }
}

/** A frame with the faces in it, and the features of those that were chosen. */
export interface WatchedFrame {
  readonly at: {
    readonly index: number;
    readonly seconds: number;
    readonly width: number;
    readonly height: number;
  };
  /** Everyone's. */
  readonly faces: readonly TrackedFace[];
  /** A face is undefined where faces are not looked for. */
  readonly chosen: readonly {
    readonly face: TrackedFace | undefined;
    features: Float32Array;
    readonly picture?: Uint8Array<ArrayBuffer> | undefined;
  }[];
}

/** A frame with the faces in it. */
export interface FoundFaces {
  readonly frame: Frame;
  readonly faces: readonly TrackedFace[];
}

/**
 * Finds faces in every frame, follows them, and embeds the chosen ones. At most two batches are in memory.
 *
 * @param lookAhead Called with the faces of a batch before any of them is chosen.
 */
export async function* watchFaces(
  frames: AsyncIterable<Frame>,
  tools: WatchTools,
  tracker: FaceTracker,
  choose: (faces: readonly TrackedFace[]) => readonly TrackedFace[],
  lookAhead: (batch: readonly FoundFaces[]) => void,
): AsyncGenerator<WatchedFrame> {
  const { clip, preparer, detector, pictures, showFace, clock = untimed } = tools;
  const { batch: wanted = Infinity } = tools, { embedding } = clip.config;
  const most = clip.device.adapter.software ? softwareBatch : Infinity;
  for await (const batch of batches(frames, Math.min(clip.images.batch, most, wanted), clock)) {
    const found = detector && await clock.time("detect", () => detector.detect(batch));
    const tracked = batch.map((frame, i) => ({
      frame,
      faces: tracker.follow(found?.[i] ?? [], frame),
    }));
    lookAhead(tracked);
    const watched = tracked.map(({ frame, faces }) => ({
      frame,
      faces,
      chosen: detector ? choose(faces) : [undefined],
    }));
    const prepareBy = (preparer: ImagePreparer) =>
      Promise.all(
        watched.flatMap(({ frame, chosen }) =>
          chosen.map((face) =>
            preparer.prepare(face ? cropSquare(frame, squareAround(face, frame)) : frame)
          )
        ),
      );
    const squares = await clock.time("prepare", () => prepareBy(preparer));
    const kept = pictures && await clock.time("prepare", () => prepareBy(pictures));
    const features = await clock.time("encode", () => clip.images.encode(squares));
    let next = 0;
    for (const { frame: { index, seconds, width, height }, faces, chosen } of watched) {
      yield {
        at: { index, seconds, width, height },
        faces,
        chosen: chosen.map((face) => {
          const at = next++;
          showFace?.(index, squares[at] as Uint8Array<ArrayBuffer>, face);
          return {
            face,
            features: features.subarray(at * embedding, (at + 1) * embedding),
            picture: kept?.[at],
          };
        }),
      };
    }
  }
}
