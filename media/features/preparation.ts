import type { Preparation } from "../../model/clip_au/preparation.ts";
import { cropMargin } from "../face/crop_face.ts";

/** The model that `FaceDetector` loads: another one draws other boxes. */
const detector = "BlazeFace short range";

/** How `watchVideo()` prepares frames, with a detector or without one. */
export function preparationOf(findFaces: boolean, size: number): Preparation {
  return findFaces ? { crop: "face", detector, margin: cropMargin, size } : { crop: "whole", size };
}
