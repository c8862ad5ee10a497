import { cropSquare, squareAround } from "../face/crop_face.ts";
import type { FaceDetector } from "../face/face_detector.ts";
import { FaceTracker, mainPerson, type TrackedFace } from "../face/face_tracker.ts";
import type { ImagePreparer } from "../image_preparer.ts";
import type { Frame } from "../video/frame.ts";
import { joined } from "../../numbers/vectors.ts";
import type { Clip } from "../../model/clip/clip.ts";

/** A frame and what was seen in it. */
export interface SeenFrame {
  /** Index among the frames that are looked at. */
  readonly index: number;
  /** Presentation time. */
  readonly seconds: number;
  /** The picture's size in pixels. */
  readonly width: number;
  /** In pixels. */
  readonly height: number;
  /** Number of faces found, of everyone; undefined if faces are not looked for. */
  readonly faces?: number | undefined;
  /** The person's face; undefined also if faces are not looked for. */
  readonly face: TrackedFace | undefined;
  /** Why there are no features. */
  readonly gap: string | undefined;
  /** `[d]`, as the image tower gives them. */
  readonly features: Float32Array | undefined;
}

/** Called with every picture that the model sees, `[size, size, 4]` bytes, and its frame's index. */
export type ShowFace = (
  frame: number,
  square: Uint8Array<ArrayBuffer>,
  person: number | undefined,
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

/** A frame with the chosen faces. */
interface WatchedFrame {
  readonly at: Pick<SeenFrame, "index" | "seconds" | "width" | "height">;
  /** Number of faces found. */
  readonly faces: number;
  readonly chosen: readonly {
    readonly face: TrackedFace | undefined;
    readonly features: Float32Array;
  }[];
}

/** A frame with the faces in it. */
interface FoundFaces {
  readonly frame: Frame;
  readonly faces: readonly TrackedFace[];
}

/**
 * Finds faces in every frame and embeds the chosen ones. At most two batches are in memory.
 *
 * @param lookAhead Called with the faces of a batch before any of them is chosen.
 */
async function* watchFaces(
  frames: AsyncIterable<Frame>,
  { clip, preparer, detector, showFace, clock = untimed, batch: wanted = Infinity }: WatchTools,
  choose: (faces: readonly TrackedFace[]) => readonly TrackedFace[],
  lookAhead: (batch: readonly FoundFaces[]) => void = () => {},
): AsyncGenerator<WatchedFrame> {
  const tracker = new FaceTracker(), { embedding } = clip.config;
  const most = clip.device.adapter.software ? softwareBatch : Infinity;
  for await (const batch of batches(frames, Math.min(clip.images.batch, most, wanted), clock)) {
    const found = detector && await clock.time("detect", () => detector.detect(batch));
    const tracked = batch.map((frame, i) => ({
      frame,
      faces: tracker.follow(found?.[i] ?? [], frame.seconds),
    }));
    lookAhead(tracked);
    const watched = tracked.map(({ frame, faces }) => ({
      frame,
      faces: faces.length,
      chosen: detector ? choose(faces) : [undefined],
    }));
    const prepare = () =>
      Promise.all(
        watched.flatMap(({ frame, chosen }) =>
          chosen.map((face) =>
            preparer.prepare(face ? cropSquare(frame, squareAround(face, frame)) : frame)
          )
        ),
      );
    const squares = await clock.time("prepare", prepare);
    const features = await clock.time("encode", () => clip.images.encode(squares));
    let next = 0;
    for (const { frame: { index, seconds, width, height }, faces, chosen } of watched) {
      yield {
        at: { index, seconds, width, height },
        faces,
        chosen: chosen.map((face) => {
          const at = next++;
          showFace?.(index, squares[at] as Uint8Array<ArrayBuffer>, face?.person);
          return { face, features: features.subarray(at * embedding, (at + 1) * embedding) };
        }),
      };
    }
  }
}

/** What was seen of a person in a frame. */
function seenOf(
  { at, faces }: WatchedFrame,
  own: WatchedFrame["chosen"][number] | undefined,
  person: number | undefined,
): SeenFrame {
  const gap = faces === 0 ? "no face" : `no face of person ${person}`;
  return { ...at, faces, face: own?.face, gap: own ? undefined : gap, features: own?.features };
}

/**
 * Watches one person: the one with the given number, or the main one of the first batch with faces, so
 * that something that looks like a face in a single frame decides nothing. Each frame has the person's
 * features, or a reason why there are none.
 */
export async function* watchVideo(
  frames: AsyncIterable<Frame>,
  tools: WatchTools,
  person?: number,
): AsyncGenerator<SeenFrame> {
  let watched = person;
  const choose = (faces: readonly TrackedFace[]) => faces.filter((face) => face.person === watched);
  const lookAhead = (batch: readonly FoundFaces[]) => {
    watched ??= mainPerson(batch.map(({ frame, faces }) => ({ ...frame, faces })));
  };
  for await (const frame of watchFaces(frames, tools, choose, lookAhead)) {
    yield seenOf(frame, frame.chosen[0], watched);
  }
}

/**
 * Watches everyone: the frames of each person, in order of appearance. If there is nobody, all frames are
 * listed under `undefined`, each with a reason.
 *
 * @param onFrame Called after each frame with its time.
 */
export async function watchEveryone(
  frames: AsyncIterable<Frame>,
  tools: WatchTools,
  onFrame: (seconds: number) => void,
): Promise<Map<number | undefined, SeenFrame[]>> {
  const all: WatchedFrame[] = [], people = new Set<number>();
  for await (const frame of watchFaces(frames, tools, (faces) => faces)) {
    all.push(frame);
    for (const { face } of frame.chosen) if (face) people.add(face.person);
    onFrame(frame.at.seconds);
  }
  const whose = people.size > 0 ? [...people].sort((a, b) => a - b) : [undefined];
  return new Map(
    whose.map((person) => [
      person,
      all.map((frame) => {
        const own = frame.chosen.find(({ face }) => face && face.person === person);
        return seenOf(frame, own, person);
      }),
    ]),
  );
}

/** The features of frames as one array, `[N, d]`; frames without a face are skipped. */
export function featuresOf(frames: readonly SeenFrame[]): Float32Array<ArrayBuffer> {
  return joined(frames.flatMap(({ features }) => features ? [features] : []));
}
