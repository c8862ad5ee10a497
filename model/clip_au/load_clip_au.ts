import type { Device } from "../../engine/mod.ts";
import type { ClipOptions } from "../clip/clip.ts";
import { loadClip } from "../clip/load_clip.ts";
import { wantsMirrored } from "../clip/mirrored.ts";
import { ClipAu, type ClipAuOptions } from "./clip_au.ts";
import type { Head } from "./head_file.ts";
import { loadHead } from "./load_head.ts";

/** Where to load CLIP-AU from. */
export interface ClipAuFiles extends ClipAuOptions, Pick<ClipOptions, "precision"> {
  /** A folder with a CLIP or its file of weights, as for `loadClip()`. */
  readonly clip: string;
  /** A head's file, ours or the authors' `.pth`, or a head. */
  readonly head: string | Head;
  /** Names of the classes, for files that don't have them. */
  readonly classes?: readonly string[] | undefined;
}

/**
 * Loads CLIP-AU: a CLIP whose prompts can be tuned, and a head. Disposing of it frees both.
 *
 * @example
 * ```ts
 * import { loadClipAu, openDevice } from "@autt/autt";
 * import { madeUpClipAuFolder } from "made-up-models"; // yours: a CLIP and a head
 * import assert from "node:assert/strict";
 *
 * await using folder = await madeUpClipAuFolder();
 * using device = await openDevice();
 * using model = await loadClipAu(device, { clip: folder.path, head: folder.head });
 * assert.deepEqual(model.head.classes, ["neutral", "pain"]);
 * ```
 */
export async function loadClipAu(device: Device, files: ClipAuFiles): Promise<ClipAu> {
  const { clip: path, head: named, classes, classPrompts, precision } = files;
  const head = typeof named === "string" ? await loadHead(named, classes) : named;
  using owned = new DisposableStack();
  const mirrored = wantsMirrored(head.clip);
  const clip = owned.use(await loadClip(device, path, { tunable: true, precision, mirrored }));
  const model = await ClipAu.open(device, clip, head, { classPrompts, ownsClip: true });
  owned.move();
  return model;
}
