import { join } from "node:path";
import type { Device } from "../../engine/mod.ts";
import { labelOf, pictureSize, type Role, roleName } from "../../demo/dataset/cast.ts";
import { drawAll } from "../../demo/dataset/drawing_pool.ts";
import { drawingVersion } from "../../demo/drawing/version.ts";
import { ifThere } from "../../io/files/if_there.ts";
import { writeAtomically } from "../../io/files/write_atomically.ts";
import { openTensors } from "../../io/tensors/open_tensors.ts";
import { toFloat32 } from "../../io/tensors/stored_type.ts";
import { encodeSafetensors } from "../../io/tensors/write_safetensors.ts";
import { ImagePreparer } from "../../media/image_preparer.ts";
import { withoutAlpha } from "../../media/without_alpha.ts";
import type { Clip } from "../../model/clip/clip.ts";
import type { Faces } from "../../tta/dsfda/faces.ts";
import { seeFaces, type View, wantedSide } from "../../tta/dsfda/view.ts";

/** A clip of a drawn person as both models see it. */
export interface SeenClip {
  readonly label: 0 | 1;
  /** Every second frame's face, as the networks see it. */
  readonly faces: Faces;
  /** The same, as they were drawn. */
  readonly pictures: Faces;
  /** `[T, d]`: features of all its frames. */
  readonly features: Float32Array<ArrayBuffer>;
}

/** A person's clips. */
export type SeenPerson = readonly SeenClip[];

/** Where people are seen. */
export interface Seeing {
  readonly device: Device;
  readonly clip: Clip;
  /** Of DSFDA's pictures. */
  readonly side: number;
  readonly view: View;
  /** Where who was drawn is kept. */
  readonly folder: string;
  readonly signal: AbortSignal;
}

/** What is kept of a person: of all clips one after the other. */
interface Kept {
  readonly pixels: Uint8Array<ArrayBuffer>;
  readonly features: Float32Array<ArrayBuffer>;
}

/** Draws people, or finds them: what CLIP makes of them, and the faces that DSFDA learns from. */
export async function seePeople(
  { device, clip, side, view, folder, signal }: Seeing,
  roles: readonly Role[],
  onPerson: (done: number) => void,
): Promise<SeenPerson[]> {
  const wide = wantedSide(side, view);
  const path = (role: Role) =>
    join(folder, `${roleName(role)}-${drawingVersion}-${wide}.safetensors`);
  const known = new Map<Role, Kept>();
  for (const role of roles) {
    const kept = await ifThere(readKept(path(role)));
    if (kept) known.set(role, kept);
  }
  using preparer = new ImagePreparer(device, wide);
  const missing = roles.filter((role) => !known.has(role));
  for await (const { role, pictures } of drawAll(missing, signal)) {
    const squares: Uint8Array<ArrayBuffer>[] = [], width = pictureSize, height = pictureSize;
    for (const data of pictures.filter((_, t) => t % 2 === 0)) {
      squares.push(await preparer.prepare({ width, height, data }));
    }
    const kept = {
      pixels: withoutAlpha(squares, wide),
      features: await clip.images.encode(pictures),
    };
    await writeKept(path(role), kept, wide);
    known.set(role, kept);
    onPerson(known.size);
  }
  return roles.map((role, person) =>
    clipsOf(known.get(role) as Kept, role.clips, person, { side, view })
  );
}

function clipsOf(
  { pixels, features }: Kept,
  count: number,
  person: number,
  { side, view }: Pick<Seeing, "side" | "view">,
): SeenPerson {
  const bytes = pixels.length / count, numbers = features.length / count;
  const wide = wantedSide(side, view);
  return Array.from({ length: count }, (_, n): SeenClip => {
    const label = labelOf(n), own = pixels.slice(n * bytes, (n + 1) * bytes);
    const all = (x: number) => Array.from({ length: own.length / (wide * wide * 3) }, () => x);
    const told = { labels: all(label), people: all(person) };
    return {
      label,
      faces: { side, pixels: seeFaces(own, side, view), ...told },
      pictures: { side: wide, pixels: own, ...told },
      features: features.slice(n * numbers, (n + 1) * numbers),
    };
  });
}

async function writeKept(path: string, { pixels, features }: Kept, side: number): Promise<void> {
  const frames = pixels.length / (side * side * 3);
  await writeAtomically(
    path,
    encodeSafetensors({
      pixels: { dtype: "U8", shape: [frames, side, side, 3], data: pixels },
      features: { dtype: "F32", shape: [features.length], data: features },
    }),
  );
}

async function readKept(path: string): Promise<Kept> {
  using file = await openTensors(path);
  return {
    pixels: new Uint8Array(await file.read("pixels")),
    features: toFloat32("F32", await file.read("features")),
  };
}
