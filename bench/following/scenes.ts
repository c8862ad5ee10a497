import { drawFace } from "../../demo/drawing/draw_face.ts";
import { DrawnRng } from "../../demo/drawing/drawn_rng.ts";
import { drawScene } from "../../demo/drawing/identity.ts";
import { planClip } from "../../demo/people/clip.ts";
import { designs } from "../../demo/people/design.ts";
import { drawPerson } from "../../demo/people/person.ts";
import type { Face } from "../../media/face/decode_faces.ts";
import type { Frame } from "../../media/video/frame.ts";

/** A frame with drawn people, and who is where. */
export interface SceneFrame extends Frame {
  /** The boxes of the faces that can be seen, with the actor's number. */
  readonly truth: readonly { readonly actor: number; readonly face: Face }[];
}

/** Where an actor's head is, in shares of the picture's height, at a time in seconds. */
interface Place {
  readonly x: number;
  readonly y: number;
  /** The side of the square that the head is drawn in. */
  readonly size: number;
}

/** A video of two people, before it is drawn. */
export interface Scene {
  readonly seconds: number;
  /** Where an actor is at a time; undefined where nobody sees them. */
  readonly placeOf: (actor: number, time: number) => Place | undefined;
  /** Which camera shows it. */
  readonly cameraAt?: (time: number) => number;
}

const width = 240, height = 150, framesPerSecond = 10;

/** Pictures of an actor by one camera, which come again and again: drawing takes time. */
const pictures = 8;

/** The side of these, in pixels; other sizes are scaled from it. */
const drawnSize = 72;

/** Draws a scene with two people, the same one for the same numbers. */
export function* drawScenes(scene: Scene, ...path: readonly number[]): Generator<SceneFrame> {
  const rng = new DrawnRng(...path), faces = new Map<string, readonly Uint8Array[]>();
  const people = [0, 1].map((actor) => drawPerson(designs.style, ...path, actor));
  const backgrounds = Array.from(
    { length: 4 },
    () => [rng.between(40, 200), rng.between(40, 200), rng.between(40, 200)] as const,
  );
  const picturesOf = (actor: number, camera: number) => {
    const key = `${actor} ${camera}`, known = faces.get(key);
    if (known) return known;
    const person = people[actor] as typeof people[number];
    const own = camera === 0 ? person : { ...person, scene: drawScene(rng) };
    const planned = planClip(own, true, [...path, actor, camera], 2 * pictures).faces;
    const drawn = planned.filter((_, i) => i % 2 === 0).map((face) => drawFace(face, drawnSize));
    faces.set(key, drawn);
    return drawn;
  };
  for (let index = 0; index < scene.seconds * framesPerSecond; index++) {
    const seconds = index / framesPerSecond, camera = scene.cameraAt?.(seconds) ?? 0;
    const data = paintBackground(backgrounds[camera] ?? [128, 128, 128], rng);
    const seen: { actor: number; face: Face }[] = [];
    // The last actor is in front.
    for (const actor of [0, 1]) {
      const place = scene.placeOf(actor, seconds);
      if (!place) continue;
      const drawn = picturesOf(actor, camera);
      paste(data, drawn[index % drawn.length] as Uint8Array, place);
      seen.push({ actor, face: faceAt(place) });
    }
    const truth = seen.filter(({ face }, i) =>
      inPicture(face) && !seen.slice(i + 1).some((front) => covers(front.face, face))
    );
    yield { index, seconds, width, height, data, truth };
  }
}

function paintBackground(
  [red, green, blue]: readonly [number, number, number],
  rng: DrawnRng,
): Uint8Array<ArrayBuffer> {
  const data = new Uint8Array(width * height * 3);
  for (let y = 0, at = 0; y < height; y++) {
    for (let x = 0; x < width; x++, at += 3) {
      const light = 0.8 + 0.3 * Math.sin(x / 37) * Math.sin(y / 23);
      const grain = ((x * 7919 + y * 104729) % 13) - 6;
      data.set([red * light + grain, green * light + grain, blue * light + grain], at);
    }
  }
  data[0] = rng.integer(0, 255); // so that no two frames are the same bytes
  return data;
}

/** Puts a head into a picture: the ellipse of a drawn square. */
function paste(data: Uint8Array, drawn: Uint8Array, { x, y, size }: Place): void {
  const side = size * height, left = x * height - side / 2, top = y * height - side / 2;
  for (let row = Math.max(0, Math.ceil(top)); row < Math.min(height, top + side); row++) {
    for (
      let column = Math.max(0, Math.ceil(left));
      column < Math.min(width, left + side);
      column++
    ) {
      const u = (column - left) / side, v = (row - top) / side;
      if (Math.hypot((u - 0.5) / 0.42, (v - 0.5) / 0.5) > 1) continue;
      const from = 4 * (Math.floor(v * drawnSize) * drawnSize + Math.floor(u * drawnSize));
      data.set(drawn.subarray(from, from + 3), 3 * (row * width + column));
    }
  }
}

/** The box that a detector gives of a head that is drawn in a square. */
function faceAt({ x, y, size }: Place): Face {
  const side = size * height / 1.5;
  const [left, top] = [x * height - side / 2, y * height - side / 2];
  return { score: 0.9, left, top, width: side, height: side, points: [] };
}

function inPicture({ left, top, width: side }: Face): boolean {
  const [x, y] = [left + side / 2, top + side / 2];
  return x > side / 4 && x < width - side / 4 && y > 0 && y < height;
}

/** Whether a face in front hides one that is behind. */
function covers(front: Face, back: Face): boolean {
  const away = Math.hypot(front.left - back.left, front.top - back.top);
  return away < 0.6 * back.width;
}
