import type { Device } from "../../engine/mod.ts";
import { FaceDetector } from "./face_detector.ts";

/** Opens the face detector that comes with this package. */
export async function openDetector(device: Device): Promise<FaceDetector> {
  const file = new URL("face_detection_short_range.tflite", import.meta.url);
  return await FaceDetector.open(device, await readOwnFile(file));
}

/** Reads a file of this package, which may have been loaded from an address of the web. */
async function readOwnFile(file: URL): Promise<Uint8Array<ArrayBuffer>> {
  if (file.protocol === "file:") return await Deno.readFile(file);
  const response = await fetch(file);
  if (!response.ok) {
    throw new Error(
      `Cannot load the face detector from ${file}: the server says ${response.status}: try again later`,
    );
  }
  return new Uint8Array(await response.arrayBuffer());
}
