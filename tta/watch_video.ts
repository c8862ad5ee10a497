import { cropSquare, squareAround } from "../media/face/crop_face.ts";
import type { FaceDetector } from "../media/face/face_detector.ts";
import { FaceTracker, mainFace, type TrackedFace } from "../media/face/face_tracker.ts";
import type { ImagePreparer } from "../media/image_preparer.ts";
import type { Frame } from "../media/video/open_video.ts";
import type { Clip } from "../model/clip/clip.ts";

/** A frame and what was seen in it. */
export interface SeenFrame {
  /** Its number among those that were asked for. */
  readonly index: number;
  /** When it is shown. */
  readonly seconds: number;
  /** The picture's size in pixels. */
  readonly width: number;
  /** In pixels. */
  readonly height: number;
  /** The person's face; also undefined where faces are not looked for. */
  readonly face: TrackedFace | undefined;
  /** Why there are no features. */
  readonly gap: string | undefined;
  /** `[d]`, as the image tower gives them. */
  readonly features: Float32Array | undefined;
}

/** Shown every picture that the model sees, `[size, size, 4]` bytes, with its frame's number. */
export type ShowFace = (frame: number, square: Uint8Array<ArrayBuffer>) => void;

/** Is told what each stage takes: runs it, and may measure. */
export interface StageTimer {
  time<T>(stage: string, action: () => Promise<T>): Promise<T>;
}

/** What frames go through. */
export interface WatchTools {
  readonly clip: Clip;
  readonly preparer: ImagePreparer;
  /** Undefined where frames are faces already. */
  readonly detector: FaceDetector | undefined;
  /** Whom to watch; the main person of the first frame with faces if left out. */
  readonly person: number | undefined;
  readonly showFace?: ShowFace | undefined;
  readonly clock: StageTimer;
}

/** Bytes of pixels in a batch, about: large frames come fewer at a time. */
const batchBytes = 2 ** 27;

/** Frames, so many at a time; the next ones are read while these are worked on. */
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
      // Its size may change on the way: a batch has one.
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
      next.catch(() => {}); // told where it is awaited
      yield batch;
    }
  } finally {
    await source.return?.();
  }
}

/** Finds the person's face in every frame and embeds it. No more than two batches are in memory. */
export async function* watchVideo(
  frames: AsyncIterable<Frame>,
  { clip, preparer, detector, person, showFace, clock }: WatchTools,
): AsyncGenerator<SeenFrame> {
  const tracker = new FaceTracker(), { embedding } = clip.config;
  let watched = person;
  for await (const batch of batches(frames, clip.images.batch, clock)) {
    const found = detector && await clock.time("detect", () => detector.detect(batch));
    const seen = batch.map((frame, i) => {
      const faces = tracker.follow(found?.[i] ?? [], frame.seconds);
      watched ??= mainFace(faces, frame)?.person;
      const face = faces.find((one) => one.person === watched);
      const gap = !detector || face
        ? undefined
        : faces.length === 0
        ? "no face"
        : `no face of person ${watched}`;
      return { frame, face, gap };
    });
    const prepare = () =>
      Promise.all(
        seen.filter(({ gap }) => gap === undefined).map(({ frame, face }) =>
          preparer.prepare(face ? cropSquare(frame, squareAround(face, frame)) : frame)
        ),
      );
    const squares = await clock.time("prepare", prepare);
    const features = await clock.time("encode", () => clip.images.encode(squares));
    let at = 0;
    for (const { frame: { index, seconds, width, height }, face, gap } of seen) {
      if (gap === undefined) showFace?.(index, squares[at] as Uint8Array<ArrayBuffer>);
      const own = gap === undefined ? features.slice(at * embedding, ++at * embedding) : undefined;
      yield { index, seconds, width, height, face, gap, features: own };
    }
  }
}
