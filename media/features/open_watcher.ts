import type { Clip } from "../../model/clip/clip.ts";
import { openDetector } from "../face/open_detector.ts";
import { Watcher } from "./watcher.ts";

/** Whether to find the face in each frame, or to take whole frames as faces. */
export type Faces = "find" | "whole frame";

/** Opens a watcher with the detector that comes with this package. */
export async function openWatcher(clip: Clip, faces: Faces): Promise<Watcher> {
  return Watcher.open(clip, faces === "find" ? await openDetector(clip.device) : undefined);
}
