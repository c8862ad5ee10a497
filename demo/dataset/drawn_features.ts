import "../../engine/deno_host.ts";
import { dirname, join } from "node:path";
import { environment } from "../../engine/mod.ts";
import { hubSettings } from "../../io/hub/hub_settings.ts";
import { ifThere } from "../../io/files/if_there.ts";
import { openTensors } from "../../io/tensors/open_tensors.ts";
import { toFloat32 } from "../../io/tensors/stored_type.ts";
import { writeAtomically } from "../../io/files/write_atomically.ts";
import { encodeSafetensors } from "../../io/tensors/write_safetensors.ts";
import type { Clip } from "../../model/clip/clip.ts";
import { wantsMirrored } from "../../model/clip/mirrored.ts";
import { drawingVersion } from "../drawing/version.ts";
import { drawAll } from "./drawing_pool.ts";
import { type Role, roleName } from "./cast.ts";

/** The default folder for features of drawn people: in the user's cache, shared by all commands. */
export function drawnFolder(): string {
  return join(dirname(hubSettings(environment).models), "drawn");
}

/** The features of a person's clips, `[T, d]` each. */
export type PersonFeatures = readonly Float32Array<ArrayBuffer>[];

/**
 * Draws people's clips and embeds every frame, except those of people whose features a folder has
 * already: one file per person, named by the person and the model.
 */
export async function drawnFeatures(
  clip: Clip,
  roles: readonly Role[],
  folder: string,
  { signal, onPerson }: {
    readonly signal?: AbortSignal | undefined;
    readonly onPerson?: ((done: number) => void) | undefined;
  } = {},
): Promise<PersonFeatures[]> {
  const key = await clip.featureKey(), { embedding } = clip.config;
  const model = key.slice(0, 12) + (wantsMirrored({ fingerprint: key }) ? "-mirrored" : "");
  await Deno.mkdir(folder, { recursive: true });
  const path = (role: Role) =>
    join(folder, `${roleName(role)}-${drawingVersion}-${model}.safetensors`);
  const found = new Map<Role, Float32Array<ArrayBuffer>>();
  for (const role of roles) {
    const kept = await ifThere(readKept(path(role)));
    if (kept) found.set(role, kept);
  }
  const missing = roles.filter((role) => !found.has(role));
  onPerson?.(found.size);
  for await (const { role, pictures } of drawAll(missing, signal)) {
    signal?.throwIfAborted();
    const features = await clip.images.encode(pictures);
    const shape = [pictures.length, embedding];
    await writeAtomically(
      path(role),
      encodeSafetensors({ features: { dtype: "F32", shape, data: features } }),
    );
    found.set(role, features);
    onPerson?.(found.size);
  }
  return roles.map((role) => {
    const all = found.get(role) as Float32Array<ArrayBuffer>, size = all.length / role.clips;
    return Array.from({ length: role.clips }, (_, i) => all.slice(i * size, (i + 1) * size));
  });
}

async function readKept(path: string): Promise<Float32Array<ArrayBuffer> | undefined> {
  using file = await openTensors(path);
  const tensor = file.tensors.get("features");
  return tensor && toFloat32(tensor.dtype, await file.read("features"));
}
