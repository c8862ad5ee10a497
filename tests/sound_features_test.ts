import assert from "node:assert/strict";
import { Fft } from "../numbers/fft.ts";
import { frameTime } from "../media/sound/frames.ts";
import { findPauses } from "../media/sound/pauses.ts";
import { soundFeatureNames, soundFeatures } from "../media/sound/sound_features.ts";
import { soundFrames } from "../media/sound/sound_frames.ts";
import { trackSound } from "../media/sound/sound_track.ts";
import { chirp, noise, sound, voice } from "./made_up_sound.ts";
import { energyOf, melOf, pausesOf, pitchOf } from "./sound_reference.ts";

const sayings = [
  { from: 0.4, to: 1.6, syllables: 5, hertz: 110 },
  { from: 2.3, to: 3.1, syllables: 4, hertz: 180 },
];
const tone = (hertz: number, level: number) =>
  sound(0.6, (t) => level * Math.sin(2 * Math.PI * hertz * t));

const sounds: Readonly<Record<string, Float32Array>> = {
  "silence": new Float32Array(6000),
  "a tone of 70 Hz": tone(70, 0.5),
  "a tone of 220 Hz at full scale": tone(220, 1),
  "a tone of 480 Hz, faint": tone(480, 2e-4),
  "a tone of 4 kHz, over the pitches of voices": tone(4000, 0.5),
  "noise": noise(0.6, 0.5),
  "a tone in noise": noise(0.6, 0.1).map((x, i) =>
    x + 0.3 * Math.sin(2 * Math.PI * 150 * i / 16000)
  ),
  "a chirp through all pitches": chirp(0.8, 60, 520),
  "a chirp through all frequencies": chirp(0.8, 0, 8000),
  "clipped": tone(130, 3).map((x) => Math.max(-1, Math.min(1, x))),
  "a constant": new Float32Array(6000).fill(0.5),
  "a click": sound(0.4, (t) => t === 0.2 ? 1 : 0),
  "a voice": voice(3.5, sayings).slice(5600, 16000),
  "one frame": noise(0.6, 0.5).slice(0, 400),
};

/** All frames as one, however the pieces of the sound were cut. */
async function framesOf(samples: Float32Array, pieces: readonly number[] = [samples.length]) {
  const mel: number[] = [], energy: number[] = [], pitch: number[] = [];
  let at = 0;
  const cut = function* () {
    for (let i = 0; at < samples.length; i++) {
      const length = pieces[i % pieces.length]!;
      yield samples.slice(at, at += length);
    }
  };
  for await (const block of soundFrames(cut())) {
    assert.equal(block.first, energy.length);
    mel.push(...block.mel);
    energy.push(...block.energy);
    pitch.push(...block.pitch);
  }
  return { mel, energy, pitch };
}

for (const [name, samples] of Object.entries(sounds)) {
  Deno.test(`spectrum, energy and pitch equal a plain float64 reference: ${name}`, async () => {
    const { mel, energy, pitch } = await framesOf(samples);
    const frames = Math.floor((samples.length - 400) / 160) + 1;
    assert.deepEqual([mel.length, energy.length, pitch.length], [64 * frames, frames, frames]);
    // Every seventh frame's spectrum, as the plain one is slow.
    for (let i = 0; i < frames; i += 7) {
      const wanted = melOf(samples, 160 * i);
      // Results are rounded to float32. Before that, a sum of 400 products that are at most 1 is off by at most 400 * 400
      // half ulps of float64, up to 30 of those are added in a band, and the logarithm of at least 0.01 makes it 100
      // times as much: 160,000 * 30 * 100 * 2^-53 = 5.4e-8.
      for (const [band, value] of wanted.entries()) {
        const off = Math.abs(mel[64 * i + band]! - value);
        assert.ok(off <= 2 ** -24 * Math.abs(value) + 5.4e-8, `frame ${i}, band ${band}: ${off}`);
      }
    }
    for (let i = 0; i < frames; i++) {
      const decibels = energyOf(samples, 160 * i), { hertz, tolerance } = pitchOf(samples, 160 * i);
      // Float32, and 400 half ulps of the power: 10 / ln(10) * 400 * 2^-53 = 2e-13.
      const off = Math.abs(energy[i]! - decibels);
      assert.ok(off <= 2 ** -24 * Math.abs(decibels) + 2e-13, `frame ${i}: ${off} dB`);
      assert.ok(Math.abs(pitch[i]! - hertz) <= tolerance, `frame ${i}: ${pitch[i]} of ${hertz} Hz`);
    }
  });
}

Deno.test("pieces of any length give the same numbers to the last bit", async () => {
  const samples = voice(3.5, sayings), whole = await framesOf(samples);
  for (const pieces of [[1, 159, 4096], [16_001], [400, 7]]) {
    assert.deepEqual(await framesOf(samples, pieces), whole);
  }
  assert.deepEqual(await framesOf(samples.slice(0, 399)), { mel: [], energy: [], pitch: [] });
});

Deno.test("pitches are the true ones: tones to 0.3 %, a chirp as it rises; noise and silence have none", async () => {
  for (const hertz of [70, 100, 151.3, 220, 333, 480]) {
    const { pitch } = await framesOf(tone(hertz, 0.3));
    // At either end a part of what is looked at is silence.
    for (const found of pitch.slice(2, -2)) {
      assert.ok(Math.abs(found / hertz - 1) < 3e-3, `${found} of ${hertz} Hz`);
    }
  }
  const { pitch } = await framesOf(chirp(2, 100, 400));
  for (const [i, found] of pitch.entries()) {
    const hertz = 100 + 150 * frameTime(i);
    if (i > 2 && i < pitch.length - 3) {
      assert.ok(Math.abs(found / hertz - 1) < 0.02, `${found} of ${hertz} Hz`);
    }
  }
  const noisy = (await framesOf(noise(2, 0.5))).pitch;
  assert.ok(noisy.filter((hertz) => hertz > 0).length <= 0.02 * noisy.length);
  assert.ok((await framesOf(sounds["silence"]!)).pitch.every((hertz) => hertz === 0));
});

Deno.test("pauses and syllables of a made-up voice are those that it was made with", async () => {
  const track = await trackSound(soundFrames([voice(3.5, sayings)]), 10);
  const times = track.pauses.map(({ first, last }) => [frameTime(first), frameTime(last)]);
  const wanted = [[0, 0.4], [1.6, 2.3], [3.1, 3.5]];
  assert.equal(times.length, wanted.length);
  for (const [i, pause] of wanted.entries()) {
    // A syllable swells from nothing and fades to it: its first and last 50 ms may count as silence.
    for (const [end, time] of pause.entries()) {
      assert.ok(Math.abs(times[i]![end]! - time) < 0.07, `${times[i]} for ${pause}`);
    }
  }
  const syllables = track.syllables.map(frameTime);
  const middles = sayings.flatMap(({ from, to, syllables: count }) =>
    Array.from({ length: count }, (_, i) => from + (i + 0.5) * (to - from) / count)
  );
  assert.equal(syllables.length, middles.length);
  for (const [i, time] of middles.entries()) assert.ok(Math.abs(syllables[i]! - time) < 0.04);
});

Deno.test("pauses equal a plain reference on energies at random", () => {
  for (let seed = 0; seed < 50; seed++) {
    const steps = noise(0.05, 1, seed), jitter = noise(0.05, 1, 1000 + seed);
    let level = -30;
    const energy = steps.map((step, i) => {
      if (Math.abs(step) > 0.93) level = -20 - 60 * Math.abs(jitter[i]!);
      return level + 3 * jitter[i]!;
    });
    const { pauses } = findPauses(energy);
    assert.deepEqual(pauses.map(({ first, last }) => [first, last]), pausesOf([...energy]));
  }
  assert.deepEqual(
    findPauses(new Float32Array(40).fill(-120)).pauses,
    [{ first: 0, last: 39 }],
    "silence",
  );
  assert.deepEqual(findPauses(new Float32Array(0)).pauses, []);
});

Deno.test("features of a part of a video are those of its frames", async () => {
  const samples = voice(3.5, sayings), { mel, energy, pitch } = await framesOf(samples);
  const track = await trackSound(soundFrames([samples]), 10);
  const features = soundFeatures(track, 10.5, 12.5)!;
  const of = (name: string) => features[soundFeatureNames.indexOf(name)]!;
  assert.equal(features.length, soundFeatureNames.length);
  // Means of at most 200 numbers of float32, kept in float32 twice.
  const near = (name: string, wanted: number) =>
    assert.ok(
      Math.abs(of(name) - wanted) <= 2 ** -22 * Math.max(1, Math.abs(wanted)),
      `${name}: ${of(name)}, ${wanted}`,
    );
  const mean = (some: readonly number[]) => some.reduce((a, b) => a + b, 0) / some.length;
  const deviation = (some: readonly number[]) =>
    Math.sqrt(mean(some.map((x) => (x - mean(some)) ** 2)));
  const tenths = Array.from({ length: 20 }, (_, i) => 50 + 10 * i);
  for (const band of [0, 17, 63]) {
    const means = tenths.map((from) =>
      mean(Array.from({ length: 10 }, (_, i) => mel[64 * (from + i) + band]!))
    );
    near(`mel ${band} mean`, mean(means));
    near(`mel ${band} deviation`, deviation(means));
  }
  near("energy mean, 10 dB", mean(energy.slice(50, 250)) / 10);
  near("energy deviation, 10 dB", deviation(energy.slice(50, 250)) / 10);
  const octaves = pitch.slice(50, 250).filter((hertz) => hertz > 0).map((hertz) =>
    Math.log2(hertz / 100)
  );
  near("voiced share", octaves.length / 200);
  near("pitch mean, octaves over 100 Hz", mean(octaves));
  near("pitch deviation, octaves", deviation(octaves));
  const silent = track.pauses.flatMap(({ first, last }) =>
    Array.from({ length: last - first + 1 }, (_, i) => first + i)
  ).filter((frame) => frame >= 50 && frame < 250);
  near("pause share", silent.length / 200);
  near("pauses per second", 0.5);
  near(
    "syllables per second",
    track.syllables.filter((frame) => frame >= 50 && frame < 250).length / 2,
  );
  assert.equal(soundFeatures(track, 0, 10), undefined, "before its sound");
  assert.equal(soundFeatures(track, 14), undefined, "behind it");
  const silence = soundFeatures(await trackSound(soundFrames([new Float32Array(16000)])), 0)!;
  assert.ok(silence.every(Number.isFinite));
  assert.equal(silence[soundFeatureNames.indexOf("pause share")], 1);
});

Deno.test("the Fourier transform equals its definition, and refuses lengths that are no power of two", () => {
  for (const size of [2, 8, 64]) {
    const re = Float64Array.from(noise(1, 1, size).subarray(0, size));
    const im = Float64Array.from(noise(1, 1, size + 1).subarray(0, size));
    const [gotRe, gotIm] = [re.slice(), im.slice()];
    new Fft(size).forward(gotRe, gotIm);
    for (let k = 0; k < size; k++) {
      let [a, b] = [0, 0];
      for (let n = 0; n < size; n++) {
        const c = Math.cos(2 * Math.PI * (k * n % size) / size),
          s = Math.sin(2 * Math.PI * (k * n % size) / size);
        a += re[n]! * c + im[n]! * s;
        b += im[n]! * c - re[n]! * s;
      }
      // Sums of so many terms up to 2, by the plain way.
      assert.ok(Math.hypot(gotRe[k]! - a, gotIm[k]! - b) <= 4 * size * size * 2 ** -53);
    }
  }
  for (const size of [0, 1, 3, 48, 2.5, NaN]) {
    assert.throws(() => new Fft(size), /Cannot transform/);
  }
});
