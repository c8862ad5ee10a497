/// <reference no-default-lib="true" />
/// <reference lib="deno.worker" />
import { drawFace } from "../drawing/draw_face.ts";
import { castClip, castPerson, pictureSize, type Role } from "./cast.ts";

/** Draws all clips of a person, one picture after the other, and sends the pixels. */
self.onmessage = ({ data: role }: MessageEvent<Role>) => {
  const person = castPerson(role), pictures: Uint8Array<ArrayBuffer>[] = [];
  for (let clip = 0; clip < role.clips; clip++) {
    for (const face of castClip(role, person, clip).faces) {
      pictures.push(drawFace(face, pictureSize));
    }
  }
  self.postMessage(pictures, pictures.map(({ buffer }) => buffer));
};
