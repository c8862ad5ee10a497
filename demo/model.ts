import { fileURLToPath } from "node:url";

/** The path of the small CLIP in this project. It knows drawn faces, not real ones. */
export const demoModel = fileURLToPath(new URL("./model", import.meta.url));

/** A head for it, trained on drawn people, centred by each person's neutral face. */
export const demoHead = fileURLToPath(new URL("./model/head.safetensors", import.meta.url));

/** The same, not centred. */
export const demoPlainHead = fileURLToPath(
  new URL("./model/plain_head.safetensors", import.meta.url),
);

/** What TTA-CaP keeps of the drawn people that the heads were trained on. */
export const demoSources = fileURLToPath(new URL("./model/sources.safetensors", import.meta.url));

/** A drawn face in a short video: first at rest, then in pain. */
export const demoSample = fileURLToPath(new URL("./sample/pain.mp4", import.meta.url));
