import { frameLength, hop } from "./frames.ts";
import { melBands, MelSpectrum } from "./mel_bands.ts";
import { Pitch, pitchLength } from "./pitch.ts";

/** Frames that follow each other, one every 10 ms. */
export interface SoundFrames {
  /** Number of the first, from 0. */
  readonly first: number;
  /** How many. */
  readonly count: number;
  /** `[count, 64]`: logarithms of the spectrum in mel bands. */
  readonly mel: Float32Array;
  /** `[count]`: in decibels of full scale, at least -120. */
  readonly energy: Float32Array;
  /** `[count]`: in hertz; 0 where there is no voice. */
  readonly pitch: Float32Array;
}

/** Frames in a block: one second. */
const blockFrames = 100;

/** The pitch is that of samples around the middle of a frame: so many before its first one. */
const lead = Math.floor((pitchLength - frameLength) / 2);

/** What is behind the last sample of a frame for its pitch. */
const tail = pitchLength - frameLength - lead;

/** A frame's energy in decibels of full scale; silence has -120. */
export function decibels(frame: Float32Array): number {
  let power = 0;
  for (const sample of frame) power += sample ** 2;
  return 10 * Math.log10(power / frame.length + 1e-12);
}

/**
 * Looks at sound of 16 kHz as it comes, in pieces of any length, and gives blocks of a second's frames. Before the
 * first sample and behind the last one there is silence. Memory does not grow.
 */
export async function* soundFrames(
  pieces: AsyncIterable<Float32Array> | Iterable<Float32Array>,
): AsyncGenerator<SoundFrames> {
  const mel = new MelSpectrum(), pitch = new Pitch();
  /** Samples from `lead` before the next frame on. */
  let waiting = new Float32Array(blockFrames * hop * 2), filled = lead, first = 0;
  const take = (count: number): SoundFrames => {
    const block = {
      first,
      count,
      mel: new Float32Array(count * melBands.count),
      energy: new Float32Array(count),
      pitch: new Float32Array(count),
    };
    for (let i = 0; i < count; i++) {
      const at = i * hop, frame = waiting.subarray(at + lead, at + lead + frameLength);
      mel.write(frame, block.mel.subarray(i * melBands.count, (i + 1) * melBands.count));
      block.energy[i] = decibels(frame);
      block.pitch[i] = pitch.of(waiting.subarray(at, at + pitchLength));
    }
    waiting.copyWithin(0, count * hop, filled);
    filled -= count * hop;
    first += count;
    return block;
  };
  const add = (samples: Float32Array) => {
    if (filled + samples.length > waiting.length) {
      const larger = new Float32Array(2 * (filled + samples.length));
      larger.set(waiting.subarray(0, filled));
      waiting = larger;
    }
    waiting.set(samples, filled);
    filled += samples.length;
  };
  const ready = () => filled < pitchLength ? 0 : 1 + Math.floor((filled - pitchLength) / hop);
  for await (const piece of pieces) {
    for (let at = 0; at < piece.length; at += blockFrames * hop) {
      add(piece.subarray(at, at + blockFrames * hop));
      while (ready() >= blockFrames) yield take(blockFrames);
    }
  }
  add(new Float32Array(tail));
  for (let count = ready(); count > 0; count = ready()) yield take(Math.min(count, blockFrames));
}
