import assert from "node:assert/strict";
import { join } from "node:path";
import { openSound, type SoundOptions } from "../media/sound/open_sound.ts";
import { soundFrames } from "../media/sound/sound_frames.ts";
import { trackSound } from "../media/sound/sound_track.ts";
import { temporaryFolder } from "./fake_hub.ts";
import { rejection, runDeno } from "./fakes.ts";

/** Makes a file with ffmpeg. */
async function make(path: string, ...args: string[]): Promise<void> {
  const { success, stderr } = await new Deno.Command("ffmpeg", {
    args: ["-nostdin", "-y", "-loglevel", "error", ...args, path],
  }).output();
  assert.ok(success, new TextDecoder().decode(stderr));
}

const picture = ["-f", "lavfi", "-i", "testsrc2=size=64x48:rate=10:duration=2", "-c:v", "ffv1"];
const tone = (rate: number, ...more: string[]) => [
  ...["-f", "lavfi", "-i", `sine=frequency=220:sample_rate=${rate}:duration=2`, ...more],
];

/** A file's samples as one, with what it says about them. */
async function read(path: string, options: SoundOptions = {}) {
  await using opened = await openSound(path, options);
  assert.ok(opened, "it has sound");
  const samples: number[] = [];
  for await (const piece of opened) samples.push(...piece);
  return { start: opened.start, stored: opened.stored, samples };
}

/** The pitch of a file's sound, the two frames at either end left out. */
async function pitchOf(path: string): Promise<readonly number[]> {
  const { samples } = await read(path);
  const { pitch } = await trackSound(soundFrames([Float32Array.from(samples)]));
  return [...pitch.slice(2, -2)];
}

Deno.test("sound of any rate and of any number of channels comes as one channel of 16 kHz", async (t) => {
  await using folder = await temporaryFolder();
  const kinds: Readonly<Record<string, { name: string; args: string[]; stored: number[] }>> = {
    "8 kHz": {
      name: "a.mkv",
      args: [...picture, ...tone(8000), "-c:a", "pcm_s16le"],
      stored: [8000, 1],
    },
    "16 kHz": { name: "b.mkv", args: [...tone(16000), "-c:a", "pcm_s16le"], stored: [16000, 1] },
    "44.1 kHz, stereo, AAC": {
      name: "c.mp4",
      args: [...tone(44100), "-ac", "2", "-c:a", "aac"],
      stored: [44100, 2],
    },
    "48 kHz, 5.1 channels": {
      name: "d.mkv",
      args: [...tone(48000), "-c:a", "flac", "-af", "pan=5.1|FL=c0|FR=c0|FC=c0|LFE=c0|BL=c0|BR=c0"],
      stored: [48000, 6],
    },
    "48 kHz, Opus": {
      name: "e.webm",
      args: [...tone(48000), "-c:a", "libopus"],
      stored: [48000, 1],
    },
  };
  for (const [kind, { name, args, stored }] of Object.entries(kinds)) {
    await t.step(kind, async () => {
      const path = join(folder.path, name);
      await make(path, ...args);
      const found = await read(path);
      assert.deepEqual([found.stored.rate, found.stored.channels], stored);
      // Codecs pad to whole packets.
      assert.ok(Math.abs(found.samples.length / 16000 - 2) < 0.06, `${found.samples.length}`);
      for (const hertz of await pitchOf(path)) {
        assert.ok(Math.abs(hertz / 220 - 1) < 5e-3, `${hertz} Hz`);
      }
    });
  }
});

Deno.test("samples of 16 kHz pass unchanged; those of 5.1 channels are mixed", async () => {
  await using folder = await temporaryFolder();
  const path = join(folder.path, "a.mkv"), many = join(folder.path, "b.mkv");
  await make(path, ...tone(16000), "-c:a", "pcm_s16le");
  const { samples } = await read(path);
  // lavfi's sine has an eighth of full scale. Stored in 16 bits, a sample is off by half a step and by the dither.
  for (const [i, sample] of samples.entries()) {
    const wanted = Math.sin(2 * Math.PI * 220 * i / 16000) / 8;
    assert.ok(Math.abs(sample - wanted) < 2 ** -14, `${i}: ${sample}, ${wanted}`);
  }
  // The one channel with sound is heard; the one for low effects alone is not, as is usual.
  for (const [channel, heard] of [["FC", true], ["BL", true], ["LFE", false]] as const) {
    await make(many, ...tone(16000), "-af", `pan=5.1|${channel}=c0`, "-c:a", "pcm_s16le");
    const most = (await read(many)).samples.reduce((a, b) => Math.max(a, Math.abs(b)), 0);
    assert.equal(most > 0.01, heard, `${channel}: ${most}`);
  }
});

Deno.test("sound keeps its times: a late beginning, a part, and gaps", async () => {
  await using folder = await temporaryFolder();
  const late = join(folder.path, "late.mkv"), gap = join(folder.path, "gap.mkv");
  await make(late, ...picture, "-itsoffset", "0.5", ...tone(16000), "-c:a", "pcm_s16le");
  const whole = await read(late);
  assert.deepEqual([whole.start, whole.samples.length], [0.5, 32000]);
  const part = await read(late, { from: 1, to: 1.5 });
  assert.ok(Math.abs(part.start - 1) < 0.1, `${part.start}`);
  assert.ok(Math.abs(part.start + part.samples.length / 16000 - 1.5) < 0.01);
  const at = Math.round((part.start - whole.start) * 16000);
  assert.deepEqual(part.samples.slice(0, 4000), whole.samples.slice(at, at + 4000));
  await make(
    gap,
    ...tone(16000),
    "-af",
    "aselect=not(between(t\\,0.5\\,1.5))",
    "-c:a",
    "pcm_s16le",
  );
  const { samples } = await read(gap);
  assert.ok(Math.abs(samples.length - 32000) < 200, `${samples.length}`);
  assert.ok(samples.slice(9000, 23000).every((sample) => sample === 0), "silence in the gap");
});

Deno.test("a file without sound is told, and is no error; nor are pictures or a part without any", async () => {
  await using folder = await temporaryFolder();
  const mute = join(folder.path, "mute.mkv"), short = join(folder.path, "short.mkv");
  await make(mute, ...picture);
  assert.equal(await openSound(mute), undefined);
  assert.equal(await openSound(folder.path), undefined);
  await make(short, ...picture, ...tone(16000, "-t", "0.5"), "-c:a", "pcm_s16le");
  assert.equal(await openSound(short, { from: 1 }), undefined);
});

Deno.test("what is no video, is missing, or refers to other files is refused in a sentence", async () => {
  await using folder = await temporaryFolder();
  const path = (name: string) => join(folder.path, name);
  await Deno.writeTextFile(path("a.mp4"), "no video");
  await Deno.writeTextFile(path("list.m3u8"), `#EXTM3U\n#EXTINF:1,\n${path("a.mp4")}\n`);
  assert.match(
    (await rejection(openSound(path("a.mp4")))).message,
    /Cannot decode the sound of ".*": it is no video/,
  );
  assert.match((await rejection(openSound(path("none.mp4")))).message, /there is no such file/);
  assert.match(
    (await rejection(openSound(path("list.m3u8")))).message,
    /Cannot decode the sound of/,
  );
  const missing = await rejection(openSound(path("a.mp4"), { ffmpeg: "no-such-ffmpeg" }));
  assert.match(missing.message, /there is no "no-such-ffmpeg": install ffmpeg/);
});

Deno.test("reading stops when it is told to, and when nobody reads on", async () => {
  await using folder = await temporaryFolder();
  const path = join(folder.path, "a.mkv"), controller = new AbortController();
  await make(path, "-f", "lavfi", "-i", "sine=sample_rate=48000:duration=60", "-c:a", "pcm_s16le");
  await using opened = await openSound(path, { signal: controller.signal });
  const reading = async () => {
    for await (const _ of opened!) controller.abort(new Error("enough"));
  };
  assert.equal((await rejection(reading())).message, "enough");
  await using again = await openSound(path);
  for await (const piece of again!) if (piece.length > 0) break;
  await using unread = await openSound(path);
  assert.ok(unread);
});

Deno.test("an hour of sound is read and looked at in flat memory", async () => {
  await using folder = await temporaryFolder();
  const path = join(folder.path, "hour.mkv");
  // A voice for a second in ten: silence has no pitch to look for, which makes the test quick.
  const hour = "sine=frequency=220:sample_rate=8000:duration=3600," +
    "volume='if(lt(mod(t,10),1),1,0)':eval=frame";
  await make(path, "-f", "lavfi", "-i", hour, "-c:a", "pcm_u8");
  const script = new URL("./hour_of_sound.ts", import.meta.url).pathname;
  const { code, stdout, stderr } = await runDeno(["run", "--no-check", "-A", script, path]);
  assert.equal(code, 0, stderr);
  const { frames, pauses, kept, early, most } = JSON.parse(stdout);
  assert.equal(frames, (16000 * 3600 - 400) / 160 + 1 | 0);
  assert.ok(Math.abs(pauses - 360) <= 1, `${pauses} pauses`);
  assert.ok(kept < 12.2e6, `${kept} bytes`);
  // All samples would be 230 MB, and all spectra 92 MB; what is kept is 12 MB, and the rest is garbage
  // that waits for its collection.
  assert.ok(most - early < 60e6, `${(most - early) / 1e6} MB more after the first five minutes`);
});
