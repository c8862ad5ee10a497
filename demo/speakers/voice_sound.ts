import { DrawnRng } from "../drawing/drawn_rng.ts";
import type { SpokenSentence } from "./answer.ts";

/** Samples a second. */
export const sampleRate = 16000;

/**
 * The sound of an answer: a tone with overtones for each word, as high, loud and fast as its sentence's
 * voice, and pauses between words. Nobody's voice, and no words can be heard in it.
 */
export function drawVoice(
  sentences: readonly SpokenSentence[],
  seconds: number,
  ...path: readonly number[]
): Float32Array<ArrayBuffer> {
  const rng = new DrawnRng(...path, 5);
  const sound = new Float32Array(Math.ceil(seconds * sampleRate));
  for (const { text, start, end, voice } of sentences) {
    const words = text.split(" ").length, each = (end - start) / words;
    for (let word = 0; word < words; word++) {
      const pitch = voice.pitch * (1 + rng.normal(0, voice.pitchRange));
      const glide = rng.normal(0, voice.pitchRange / 2);
      addTone(sound, start + word * each, each * (1 - voice.pauses), {
        pitch: Math.max(60, pitch),
        glide,
        loudness: 0.5 * voice.loudness,
      });
    }
  }
  // A room is never silent.
  for (let i = 0; i < sound.length; i++) {
    sound[i] = Math.max(-1, Math.min(1, (sound[i] ?? 0) + 0.0005 * (2 * rng.uniform() - 1)));
  }
  return sound;
}

function addTone(
  sound: Float32Array,
  start: number,
  seconds: number,
  { pitch, glide, loudness }: {
    readonly pitch: number;
    readonly glide: number;
    readonly loudness: number;
  },
): void {
  const first = Math.round(start * sampleRate), count = Math.round(seconds * sampleRate);
  let phase = 0;
  for (let i = 0; i < count && first + i < sound.length; i++) {
    const at = i / count, swell = Math.sin(Math.PI * at) ** 0.5;
    phase += 2 * Math.PI * pitch * (1 + glide * (at - 0.5)) / sampleRate;
    let tone = 0;
    for (let overtone = 1; overtone <= 6; overtone++) tone += Math.sin(overtone * phase) / overtone;
    sound[first + i] = (sound[first + i] ?? 0) + loudness * swell * tone / 2;
  }
}

/** Mono sound as the bytes of a WAV file of 16 bits. */
export function encodeWav(sound: Float32Array): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(44 + 2 * sound.length), view = new DataView(bytes.buffer);
  const text = (at: number, letters: string) => bytes.set(new TextEncoder().encode(letters), at);
  text(0, "RIFF");
  view.setUint32(4, 36 + 2 * sound.length, true);
  text(8, "WAVEfmt ");
  view.setUint32(16, 16, true);
  view.setUint16(20, 1, true); // numbers as they are
  view.setUint16(22, 1, true); // one channel
  view.setUint32(24, sampleRate, true);
  view.setUint32(28, 2 * sampleRate, true);
  view.setUint16(32, 2, true);
  view.setUint16(34, 16, true);
  text(36, "data");
  view.setUint32(40, 2 * sound.length, true);
  for (const [i, sample] of sound.entries()) {
    view.setInt16(44 + 2 * i, Math.round(32767 * sample), true);
  }
  return bytes;
}
