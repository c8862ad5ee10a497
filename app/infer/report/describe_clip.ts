import type { ClipName } from "../../../model/clip/clip.ts";

/** Which CLIP a page was made with, in a few words. */
export function describeClip({ name, fingerprint, precision }: ClipName): string {
  const kept = precision === undefined || precision === "f32" ? "" : `, weights as ${precision}`;
  return `CLIP ${name} ${fingerprint.slice(0, 12)}${kept}`;
}
