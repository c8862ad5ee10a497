import type { TrackedFace } from "../face/face_tracker.ts";
import { joined } from "../../numbers/vectors.ts";
import type { WatchedFrame } from "./watch_faces.ts";

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
  /** `[d]`, as the image tower gives them. May be set to undefined once nothing needs them: they take most of a frame's memory. */
  features: Float32Array | undefined;
  /** `[S, S, 4]`: the face, where pictures are kept. */
  readonly picture?: Uint8Array<ArrayBuffer> | undefined;
}

/** What was seen of a person in a frame. */
export function seenOf(
  { at, faces }: WatchedFrame,
  own: WatchedFrame["chosen"][number] | undefined,
  person: number | undefined,
): SeenFrame {
  const gap = faces.length === 0 ? "no face" : `no face of person ${person}`;
  return {
    ...at,
    faces: faces.length,
    face: own?.face,
    gap: own ? undefined : gap,
    features: own?.features,
    ...own?.picture && { picture: own.picture },
  };
}

/**
 * The features of frames as one array, `[N, d]`; frames without a face are skipped. Those of a whole video
 * lie together already: the array is in the same memory then.
 */
export function featuresOf(frames: readonly SeenFrame[]): Float32Array<ArrayBuffer> {
  const parts = frames.flatMap(({ features }) => features ? [features] : []);
  return together(parts) ?? joined(parts);
}

/** Parts that lie one after the other in one piece of memory, as one. */
function together(parts: readonly Float32Array[]): Float32Array<ArrayBuffer> | undefined {
  const { buffer, byteOffset: begin = 0 } = parts[0] ?? {};
  let end = begin;
  for (const part of parts) {
    if (part.buffer !== buffer || part.byteOffset !== end) return undefined;
    end += part.byteLength;
  }
  if (!(buffer instanceof ArrayBuffer)) return undefined;
  return new Float32Array(buffer, begin, (end - begin) / Float32Array.BYTES_PER_ELEMENT);
}
