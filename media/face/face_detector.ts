import {
  type Device,
  type Plan,
  PlanCache,
  record,
  type Recorder,
  type Tensor,
  Weights,
} from "../../engine/mod.ts";
import { readTflite } from "../../io/tensors/tflite.ts";
import { letterbox, resize } from "../../kernels/mod.ts";
import { placeOf } from "../../kernels/letterbox/letterbox.ts";
import type { Image } from "../image_preparer.ts";
import { blazeFace, type BlazeFaceWeights, detectorSize, loadBlazeFace } from "./blaze_face.ts";
import { decodeFaces, type Face } from "./decode_faces.ts";

/** Where a picture of this size lies on the detector's square. */
function placementOf(width: number, height: number) {
  const scale = detectorSize / Math.max(width, height);
  const small = {
    width: Math.max(1, Math.round(width * scale)),
    height: Math.max(1, Math.round(height * scale)),
  };
  return { ...small, ...placeOf(small.height, small.width, detectorSize) };
}

/**
 * Finds faces near the camera in pictures of any size.
 *
 * @example
 * ```ts
 * import { openDetector, openDevice } from "@autt/autt";
 * import assert from "node:assert/strict";
 * using device = await openDevice();
 * using detector = await openDetector(device);
 * const grey = { width: 8, height: 8, data: new Uint8Array(3 * 64).fill(128) };
 * assert.deepEqual(await detector.detect([grey]), [[]]);
 * ```
 */
export class FaceDetector implements Disposable {
  readonly #device: Device;
  readonly #weights: BlazeFaceWeights;
  readonly #memory: Weights;
  readonly #plans = new PlanCache<Plan<Tensor[]>>();

  private constructor(device: Device, weights: BlazeFaceWeights, memory: Weights) {
    this.#device = device;
    this.#weights = weights;
    this.#memory = memory;
  }

  /**
   * Uploads the detector's weights.
   *
   * @param weights The bytes of MediaPipe's `face_detection_short_range.tflite`.
   */
  static async open(device: Device, weights: Uint8Array<ArrayBuffer>): Promise<FaceDetector> {
    using owned = new DisposableStack();
    const memory = owned.use(new Weights(device));
    const file = readTflite(weights, "face_detection_short_range.tflite");
    const loaded = await loadBlazeFace(memory, file);
    await device.settled(); // reports allocation errors now
    owned.move();
    return new FaceDetector(device, loaded, memory);
  }

  /** Finds the faces in pictures of one size, most confident first, in pixels. */
  async detect(pictures: readonly Image[]): Promise<Face[][]> {
    const [first] = pictures;
    if (!first) return [];
    const { width, height } = first, bytes = 3 * width * height;
    if (pictures.some((picture) => picture.width !== width || picture.data.length !== bytes)) {
      throw new TypeError("Cannot find faces in pictures of several sizes at once");
    }
    // Large pictures are processed in parts that fit the device's binding limit.
    const most = Math.max(1, Math.floor(this.#device.limits.maxStorageBufferBindingSize / bytes));
    if (pictures.length > most) {
      const found: Face[][] = [];
      for (let at = 0; at < pictures.length; at += most) {
        found.push(...await this.detect(pictures.slice(at, at + most)));
      }
      return found;
    }
    const outputs = await this.#plans.use(
      `${pictures.length} ${width} ${height}`,
      () =>
        record(this.#device, (r) => {
          const shape = [pictures.length, height, width, 3];
          return findFaces(r, this.#weights, r.input("pictures", shape, "u8"));
        }),
      (plan) => {
        const all = new Uint8Array(pictures.length * bytes);
        for (const [i, { data }] of pictures.entries()) all.set(data, i * bytes);
        plan.write("pictures", all);
        plan.run();
        return this.#device.read(plan.outputs);
      },
    );
    return pictures.map((_, b) => facesOf(outputs as Float32Array[], b, pictures.length, first));
  }

  /** Frees all memory. */
  [Symbol.dispose](): void {
    this.#plans[Symbol.dispose]();
    this.#memory[Symbol.dispose]();
  }
}

/**
 * Records the detector for pictures `[B, H, W, 3]`: returns scores on the fine and the coarse grid, then
 * boxes.
 */
export function findFaces(
  r: Recorder,
  weights: BlazeFaceWeights,
  pictures: Tensor<"u8">,
): Tensor[] {
  const [, height = 0, width = 0] = pictures.shape, place = placementOf(width, height);
  const small = resize(r, pictures, {
    width: place.width,
    height: place.height,
    filter: "bilinear",
  });
  const { scores, boxes } = blazeFace(r, weights, letterbox(r, small, detectorSize));
  return [...scores, ...boxes];
}

/** The faces in one picture, in its pixels, from the outputs of `findFaces()` for all pictures. */
export function facesOf(
  outputs: readonly ArrayLike<number>[],
  picture: number,
  pictures: number,
  { width, height }: Pick<Image, "width" | "height">,
): Face[] {
  const part = (numbers: ArrayLike<number> | undefined) => {
    const size = (numbers?.length ?? 0) / pictures;
    return Array.from(numbers ?? []).slice(picture * size, (picture + 1) * size);
  };
  const [fineScores, coarseScores, fineBoxes, coarseBoxes] = outputs.map(part);
  const scores = [...fineScores ?? [], ...coarseScores ?? []];
  const boxes = [...fineBoxes ?? [], ...coarseBoxes ?? []];
  const place = placementOf(width, height);
  // From the square's coordinates, 0 to 1, to the picture's pixels.
  const x = (value: number) => (value * detectorSize - place.left) * width / place.width;
  const y = (value: number) => (value * detectorSize - place.top) * height / place.height;
  return decodeFaces({ scores, boxes }).map((face) => {
    const [left, top] = [x(face.left), y(face.top)];
    return {
      score: face.score,
      left,
      top,
      width: x(face.left + face.width) - left,
      height: y(face.top + face.height) - top,
      points: face.points.map((point) => ({ x: x(point.x), y: y(point.y) })),
    };
  });
}
