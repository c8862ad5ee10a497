import { demoModel, demoPlainHead, demoSample } from "../../demo/model.ts";
import { castPerson, classes, pictureSize, type Role } from "../../demo/dataset/cast.ts";
import { drawFace } from "../../demo/drawing/draw_face.ts";
import { planClip } from "../../demo/people/clip.ts";
import type { Device } from "../../engine/mod.ts";
import { openWatcher } from "../../media/features/open_watcher.ts";
import { openFrames } from "../../media/video/open_frames.ts";
import { loadClip } from "../../model/clip/load_clip.ts";
import { ClipAu } from "../../model/clip_au/clip_au.ts";
import { loadHead } from "../../model/clip_au/load_head.ts";

/** Somebody whom the demo's head was not trained on, and who shows pain plainly. */
const role: Role = { design: "mild", side: "target", seed: 5, number: 0, clips: 0 };

/** Draws a face at rest and in pain, encodes both and decides on them. Throws if an answer is wrong. */
export async function checkDecision(device: Device): Promise<string> {
  using clip = await loadClip(device, demoModel);
  using model = await ClipAu.open(device, clip, await loadHead(demoPlainHead));
  const person = castPerson(role), features: Float32Array[] = [];
  for (const pain of [false, true]) {
    const { faces } = planClip(person, pain, [77, Number(pain)]);
    features.push(await clip.images.encode(faces.map((face) => drawFace(face, pictureSize))));
  }
  const predictions = await model.predict(features);
  const answers = predictions.map(({ probabilities }, i) => {
    const share = probabilities[i] ?? NaN, wanted = classes[i];
    if (share > 0.5) return `${wanted} ${(100 * share).toFixed(1)} %`;
    throw new Error(
      `a drawn face whose answer is "${wanted}" is given ${(100 * share).toFixed(1)} % of it`,
    );
  });
  return `a drawn face, at rest and in pain: ${answers.join(", ")}`;
}

/** Decodes the demo's short video by ffmpeg, looks for the face in it and encodes that. */
export async function checkVideo(device: Device, ffmpeg: string | undefined): Promise<string> {
  using clip = await loadClip(device, demoModel);
  using watcher = await openWatcher(clip, "find");
  let frames = 0, faces = 0;
  for await (
    const { features } of watcher.watch(
      () => openFrames(demoSample, { ffmpeg, every: 4 }),
      undefined,
      {},
    )
  ) {
    frames++;
    if (features !== undefined) faces++;
  }
  if (faces > frames / 2) return `the demo's video: ${frames} frames, a face in ${faces}`;
  throw new Error(`a face was found in ${faces} of ${frames} frames of the demo's video`);
}
