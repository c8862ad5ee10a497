import type { ClipWindows } from "./clip_autt/window_embedder.ts";

/** How many windows all of these clips have. Throws where they differ: a plan has one shape. */
export function countWindows(clips: readonly ClipWindows[]): number {
  const [first] = clips;
  if (!first) throw new TypeError("Cannot tune on no clips");
  const other = clips.find(({ starts }) => starts.length !== first.starts.length);
  if (other) {
    throw new TypeError(
      `Cannot tune on clips of ${first.starts.length} and ${other.starts.length} windows at once: ` +
        `wanted as many in each`,
    );
  }
  return first.starts.length;
}

/** The windows of all clips, `[B, W, d]`. */
export function joinWindows(clips: readonly ClipWindows[]): Float32Array<ArrayBuffer> {
  const size = clips[0]?.embeddings.length ?? 0, all = new Float32Array(clips.length * size);
  for (const [i, { embeddings }] of clips.entries()) all.set(embeddings, i * size);
  return all;
}
