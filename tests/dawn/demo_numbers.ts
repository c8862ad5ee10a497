import { demoHead, demoModel } from "../../demo/model.ts";
import { pictureSize } from "../../demo/dataset/cast.ts";
import { drawFace } from "../../demo/drawing/draw_face.ts";
import { DrawnRng } from "../../demo/drawing/drawn_rng.ts";
import { drawIdentity, drawScene } from "../../demo/drawing/identity.ts";
import { randomExpression, unevenly } from "../../demo/people/random_expression.ts";
import type { Device } from "../../engine/mod.ts";
import { auPrompts } from "../../model/clip_au/au_prompts.ts";
import { ClipAu } from "../../model/clip_au/clip_au.ts";
import { loadHead } from "../../model/clip_au/load_head.ts";
import { loadClip } from "../../model/clip/load_clip.ts";
import { ClipAutt } from "../../tta/clip_autt/clip_autt.ts";
import { tuningModes } from "../../tta/clip_autt/tuning_settings.ts";

/** What the demo's model computes, from pictures to the tuned decision. */
export interface DemoNumbers {
  readonly fingerprint: string;
  /** Of four drawn faces. */
  readonly images: number[];
  /** The same with weights kept as halves: they are halves in its file, so nothing changes. */
  readonly halves: number[];
  /** Of three Action Units' prompts. */
  readonly texts: number[];
  /** Class probabilities before and after one step of tuning. */
  readonly probabilities: number[];
  readonly loss: number[];
  /** How far the step moved the prompts. */
  readonly moved: number;
}

/** Runs the demo's CLIP, one decision on a clip of four frames, and one step of tuning. */
export async function demoNumbers(device: Device): Promise<DemoNumbers> {
  using clip = await loadClip(device, demoModel, { tunable: true });
  using half = await loadClip(device, demoModel, { precision: "f16" });
  const rng = new DrawnRng(31, 7), identity = drawIdentity(rng), scene = drawScene(rng);
  const faces = Array.from(
    { length: 4 },
    () => drawFace({ identity, scene, ...unevenly(randomExpression(rng), rng) }, pictureSize),
  );
  const images = await clip.images.encode(faces);
  const texts = await clip.encodeTexts(auPrompts.slice(0, 3));
  const head = await loadHead(demoHead);
  using model = await ClipAu.open(device, clip, head);
  const settings = { ...tuningModes.paper, window: 2, steps: 1 };
  using autt = await ClipAutt.open(model, { settings });
  const { before, after, steps, moved } = await autt.adapt(images);
  return {
    fingerprint: await clip.fingerprint(),
    images: [...images],
    halves: [...await half.images.encode(faces)],
    texts: [...texts],
    probabilities: [...before.probabilities, ...after.probabilities],
    loss: steps.map(({ loss }) => loss),
    moved: moved.distance,
  };
}
