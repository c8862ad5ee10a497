import { fileURLToPath } from "node:url";

/** The path of the small CLIP in this project. It knows drawn faces, not real ones. */
export const demoModel = fileURLToPath(new URL("./model", import.meta.url));

/** A head for it, trained on drawn people, centred by each person's neutral face. */
export const demoHead = fileURLToPath(new URL("./model/head.safetensors", import.meta.url));

/** The same, not centred. */
export const demoPlainHead = fileURLToPath(
  new URL("./model/plain_head.safetensors", import.meta.url),
);

/** A fusion of face and words for it, trained on drawn people who speak. */
export const demoAmbivalence = fileURLToPath(
  new URL("./model/ambivalence.safetensors", import.meta.url),
);

/** What TTA-CaP keeps of the drawn people that the heads were trained on. */
export const demoSources = fileURLToPath(new URL("./model/sources.safetensors", import.meta.url));

/** A drawn person at rest, whom the head takes for one in pain as long as their resting face is not known. */
export const demoNeutral = fileURLToPath(new URL("./sample/neutral.mp4", import.meta.url));

/** Another clip of the same person at rest, to enroll them. */
export const demoResting = fileURLToPath(new URL("./sample/rest.mp4", import.meta.url));

/** The same person in pain. */
export const demoSample = fileURLToPath(new URL("./sample/pain.mp4", import.meta.url));
