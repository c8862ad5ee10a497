import type { Device } from "../../engine/mod.ts";
import { FaceDetector } from "./face_detector.ts";

/** Opens the face detector that comes with this package. */
export async function openDetector(device: Device): Promise<FaceDetector> {
  const file = new URL("face_detection_short_range.tflite", import.meta.url);
  return await FaceDetector.open(device, await Deno.readFile(file));
}
