import assert from "node:assert/strict";
import { join } from "node:path";
import { soundFeatureNames, soundFeatures } from "../media/sound/sound_features.ts";
import { besideFrames } from "../media/speech/beside_frames.ts";
import { readSpeech } from "../media/speech/read_speech.ts";
import { plainTranscript } from "../media/transcript/transcript.ts";
import { loadClip } from "../model/clip/load_clip.ts";
import { gpuTest, sharedDevice } from "./devices.ts";
import { madeUpClipFolder } from "./made_up_models.ts";

async function makeVideo(path: string, ...sound: string[]): Promise<void> {
  const { success, stderr } = await new Deno.Command("ffmpeg", {
    args: [
      ...["-nostdin", "-loglevel", "error", "-f", "lavfi", "-i"],
      ...["testsrc2=size=64x48:rate=10:duration=3", ...sound, "-c:v", "ffv1", path],
    ],
  }).output();
  assert.ok(success, new TextDecoder().decode(stderr));
}

const tone = [
  "-f",
  "lavfi",
  "-i",
  "sine=frequency=220:sample_rate=16000:duration=2",
  "-c:a",
  "pcm_s16le",
];
const srt = "00:00:00,500 --> 00:00:01,000\nhello brow\n\n00:00:02,500 --> 00:00:02,800\nraised\n";

gpuTest("a video's words and sound are read together, and what is missing is told", async () => {
  await using folder = await madeUpClipFolder();
  using clip = await loadClip(await sharedDevice(), folder.path);
  const path = (name: string) => join(folder.path, name);
  await makeVideo(path("all.mkv"), ...tone);
  await makeVideo(path("mute.mkv"));
  await makeVideo(path("silent.mkv"), "-f", "lavfi", "-i", "anullsrc=r=16000:cl=mono", "-t", "3");
  await Deno.writeTextFile(path("all.srt"), srt);

  const all = await readSpeech(clip, path("all.mkv"), { transcript: path("all.srt") });
  assert.deepEqual(all.missing, []);
  assert.deepEqual(all.stored, { rate: 16000, channels: 1 });
  assert.deepEqual(all.sentences.map(({ text, start }) => [text, start]), [["hello brow", 0.5], [
    "raised",
    2.5,
  ]]);
  // 220 Hz is 1.14 octaves over 100 Hz; all of it is voice.
  const [, , voiced, pitch] = all.voice(0.5, 1.5)!;
  assert.equal(voiced, 1);
  assert.ok(Math.abs(pitch! - Math.log2(2.2)) < 0.01);
  assert.equal(all.voice(2.5, 2.9), undefined, "the sound has ended");

  const part = await readSpeech(clip, path("all.mkv"), { transcript: path("all.srt"), from: 2.2 });
  assert.deepEqual(part.sentences.map(({ text }) => text), ["raised"]);
  assert.deepEqual(part.missing, ["No sound: the video has none in this part."]);
  const none = await readSpeech(clip, path("mute.mkv"));
  assert.deepEqual(none.missing, [
    "No words: there is no transcript.",
    "No sound: the video has none in this part.",
  ]);
  assert.deepEqual([none.sentences.length, none.timed, none.track, none.voice(0, 3)], [
    0,
    false,
    undefined,
    undefined,
  ]);
  const said = plainTranscript(`hello.\n${"hello ".repeat(clip.config.text.context)}`);
  const silent = await readSpeech(clip, path("silent.mkv"), { transcript: said });
  assert.equal(silent.missing.length, 3);
  assert.equal(silent.missing[0], "No times of words: the transcript has none.");
  assert.match(
    silent.missing[1]!,
    /^Not all words of "hello hello .*…": .* cut at word \d+, "hello"\.$/,
  );
  assert.equal(silent.missing[2], "No voice: the sound is silence.");

  const times = Array.from({ length: 30 }, (_, i) => i / 10), d = clip.config.embedding;
  const { words, hasWords, sound, hasSound } = besideFrames(all, times, d);
  assert.deepEqual([...hasWords].flatMap((has, i) => has ? [i] : []), [5, 6, 7, 8, 9, 25, 26, 27]);
  assert.deepEqual(words.slice(6 * d, 7 * d), all.sentences[0]!.features);
  assert.ok(words.slice(10 * d, 25 * d).every((number) => number === 0));
  const width = soundFeatureNames.length;
  assert.deepEqual(
    sound.slice(3 * width, 4 * width),
    soundFeatures(all.track!, 0.3 - 0.48, 0.3 + 0.48),
  );
  // The sound ends at 2 s, 0.48 s of which are around a frame.
  assert.deepEqual([hasSound[0], hasSound[24], hasSound[25]], [1, 1, 0]);
  const untimed = besideFrames(silent, times, d);
  assert.ok(
    untimed.hasWords.every((has) => has === 0) && untimed.hasSound.every((has) => has === 1),
  );
  assert.equal(besideFrames(none, [], d).words.length, 0);
});
