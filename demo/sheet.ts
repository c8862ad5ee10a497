import { createHash } from "node:crypto";
import { castClip, castPerson, targets } from "./dataset/cast.ts";
import { controls, expressionOf } from "./drawing/controls.ts";
import { drawFace } from "./drawing/draw_face.ts";
import { DrawnRng } from "./drawing/drawn_rng.ts";
import type { DrawnFace } from "./drawing/face_plan.ts";
import { drawIdentity, drawScene } from "./drawing/identity.ts";
import { type DesignName, designs } from "./people/design.ts";

/** Faces in a row of the sheet. */
const columns = 12;

/** A sheet of faces: people, then one person with each movement, then clips of pain by design. */
export function drawSheet(size = 96): {
  readonly pixels: Uint8Array<ArrayBuffer>;
  readonly width: number;
  readonly height: number;
} {
  const rest = expressionOf();
  const people = Array.from({ length: 2 * columns }, (_, n): DrawnFace => {
    const rng = new DrawnRng(1, n);
    return { identity: drawIdentity(rng), scene: drawScene(rng), left: rest, right: rest };
  });
  const [model] = people as [DrawnFace];
  const moves = [rest, ...controls.map((control) => expressionOf({ [control]: 1 }))].map(
    (move): DrawnFace => ({ ...model, left: move, right: { ...move, AU46: 0 } }),
  );
  const clips = (Object.keys(designs) as DesignName[]).flatMap((design) => {
    const [role] = targets(design, 1, 1, 2),
      all = role && castClip(role, castPerson(role), 1).faces;
    return (all ?? []).filter((_, t) => t % 2 === 0).slice(0, columns);
  });
  const faces = [
    ...filled(people),
    ...filled(moves),
    ...clips.flatMap((face, i) => i % 10 === 9 ? [face, undefined, undefined] : [face]),
  ];
  const rows = Math.ceil(faces.length / columns), width = columns * size, height = rows * size;
  const pixels = new Uint8Array(width * height * 4).fill(255);
  for (const [i, face] of faces.entries()) {
    if (!face) continue;
    const drawn = drawFace(face, size),
      left = i % columns * size,
      top = Math.floor(i / columns) * size;
    for (let y = 0; y < size; y++) {
      const row = drawn.subarray(y * size * 4, (y + 1) * size * 4);
      pixels.set(row, ((top + y) * width + left) * 4);
    }
  }
  return { pixels, width, height };
}

/** Faces that start a new row; the rest of their last row is empty. */
function filled(faces: readonly DrawnFace[]): (DrawnFace | undefined)[] {
  const missing = (columns - faces.length % columns) % columns;
  return [...faces, ...new Array<undefined>(missing)];
}

/** A hash of pixels. */
export function sheetHash(pixels: Uint8Array<ArrayBuffer>): string {
  return createHash("sha256").update(pixels).digest("hex");
}
