import { join } from "node:path";
import { environment } from "../../engine/mod.ts";
import { parseOptions, runCommand, UsageError, userPath } from "../terminal/terminal.ts";
import { castPerson, type Role } from "../../demo/dataset/cast.ts";
import { drawFace } from "../../demo/drawing/draw_face.ts";
import type { DrawnFace } from "../../demo/drawing/face_plan.ts";
import { planClip } from "../../demo/people/clip.ts";

const help =
  `Draws the demo's four short videos: a person at rest, twice, and in pain; and at rest somebody whose
resting face looks like pain.

usage: ./autt demo:sample FOLDER
  -h, --help        this text

Encoded by ffmpeg as H.264, which no two versions do alike: the pixels that go in are the same.`;

/** Who is in the sample: somebody whom no head was trained on, and whom the head takes for one in pain at rest. */
const role: Role = { design: "style", side: "target", seed: 4, number: 0, clips: 0 };

/** Somebody whose face at rest looks like pain to a head that does not know them. */
const unusual: Role = { ...role, number: 1 };

/** Pixels along a side. The face fills the picture, as in those that the model was trained on. */
const size = 192;

await runCommand(async (args) => {
  const { positionals: [name, ...others] } = parseOptions(args, {}, help);
  if (name === undefined || others.length > 0) throw new UsageError("Cannot draw: name one folder");
  const person = castPerson(role), folder = userPath(name);
  const part = (pain: boolean, number: number) => planClip(person, pain, [44, number]).faces;
  await encode([...part(false, 0), ...part(false, 1)], join(folder, "neutral.mp4"));
  await encode([...part(false, 6), ...part(false, 7)], join(folder, "rest.mp4"));
  await encode([...part(true, 3), ...part(true, 5)], join(folder, "pain.mp4"));
  const other = castPerson(unusual),
    still = (number: number) => planClip(other, false, [44, number]).faces;
  await encode([0, 1, 2, 3, 4, 5].flatMap(still), join(folder, "unusual_rest.mp4"));
  return 0;
}, Deno.args);

async function encode(faces: readonly DrawnFace[], path: string): Promise<void> {
  const process = new Deno.Command(environment("AUTT_FFMPEG") ?? "ffmpeg", {
    args: [
      ...["-nostdin", "-loglevel", "error", "-y", "-f", "rawvideo", "-pix_fmt", "rgb0"],
      ...["-s", `${size}x${size}`, "-r", "10", "-i", "-", "-c:v", "libx264", "-crf", "27"],
      ...["-preset", "veryslow", "-pix_fmt", "yuv420p", "-movflags", "+faststart", path],
    ],
    stdin: "piped",
  }).spawn();
  const writer = process.stdin.getWriter();
  for (const face of faces) {
    await writer.write(drawFace(face, size));
  }
  await writer.close();
  const { code } = await process.status;
  if (code !== 0) throw new Error(`Cannot encode ${path}: ffmpeg ended with ${code}`);
  console.log(`${path}: ${(await Deno.stat(path)).size} bytes`);
}
