/** Samples per second of all sound that is looked at: what speech needs, and what VGGish was trained on. */
export const sampleRate = 16_000;

/** A frame is looked at every 10 ms, and is 25 ms long. */
export const hop = 160, frameLength = 400;

/** Seconds between frames. */
export const frameSeconds = hop / sampleRate;

/** The middle of a frame, in seconds from the first sample. */
export const frameTime = (frame: number): number => (frame * hop + frameLength / 2) / sampleRate;

/** How many whole frames there are in so many samples. */
export const countFrames = (samples: number): number =>
  samples < frameLength ? 0 : 1 + Math.floor((samples - frameLength) / hop);
