import { fileURLToPath } from "node:url";

/** Where the small CLIP is that comes with the project: it knows drawn faces, and nothing of people. */
export const demoModel = fileURLToPath(new URL("./model", import.meta.url));

/** A head on it, trained on drawn people, that wants to know a person's neutral face. */
export const demoHead = fileURLToPath(new URL("./model/head.safetensors", import.meta.url));

/** The same for features as they are, which asks for nothing. */
export const demoPlainHead = fileURLToPath(
  new URL("./model/plain_head.safetensors", import.meta.url),
);

/** What TTA-CaP keeps of the drawn people that the heads learnt from. */
export const demoSources = fileURLToPath(new URL("./model/sources.safetensors", import.meta.url));

/** A drawn face in a short video: first at rest, then in pain. */
export const demoSample = fileURLToPath(new URL("./sample/pain.mp4", import.meta.url));
