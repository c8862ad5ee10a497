import { fileURLToPath } from "node:url";

/** Where the small CLIP is that comes with the project: it knows drawn faces, and nothing of people. */
export const demoModel = fileURLToPath(new URL("./model", import.meta.url));
