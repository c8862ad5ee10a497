import type { FrameSizes } from "../model/frame_fusion/sizes.ts";

/** A small LFAN. */
export const sizes: FrameSizes = {
  form: "lfan",
  modalities: [
    { name: "video", width: 4, channels: [8, 8] },
    { name: "audio", width: 2, channels: [4] },
    { name: "text", width: 3, channels: [8] },
  ],
  ...{ taps: 3, width: 8, heads: 2, classes: 2 },
};
