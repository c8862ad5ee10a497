import assert from "node:assert/strict";
import { join } from "node:path";
import project from "../deno.json" with { type: "json" };
import { demoModel, demoPlainHead, demoSample } from "../demo/model.ts";
import { runDeno } from "./fakes.ts";
import { ffmpeg } from "./infer_folder.ts";
import { madeUpClipAuFolder } from "./made_up_models.ts";

const root = new URL("../", import.meta.url);

/** The command that an example gives for itself, with words put in. */
async function commandOf(example: string, words: Readonly<Record<string, string>>) {
  const source = await Deno.readTextFile(new URL(`examples/${example}`, root));
  const [, options = "", rest = ""] = new RegExp(
    `deno run((?: --[\\w=-]+)+) (?:\\\\\\n \\* +)?examples/${example}(.*)`,
  ).exec(source) ?? [];
  assert.notEqual(options, "", `${example} gives no command`);
  const args = (rest.match(/"[^"]*"|\S+/g) ?? []).map((word) =>
    words[word] ?? word.replaceAll('"', "")
  );
  return [...options.trim().split(" "), `examples/${example}`, ...args];
}

/** Runs an example by its own command, with standard input if it takes some; gives both outputs. */
async function runExample(
  example: string,
  words: Readonly<Record<string, string>> = {},
  input?: string,
): Promise<{ said: string; errors: string }> {
  const process = new Deno.Command("deno", {
    args: ["run", "--quiet", "--no-prompt", ...await commandOf(example, words)],
    env: { NO_COLOR: "1" },
    cwd: root,
    stdin: input === undefined ? "null" : "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const fed = input === undefined
    ? undefined
    : Deno.open(input).then(({ readable }) => readable.pipeTo(process.stdin));
  const { code, stdout, stderr } = await process.output();
  await fed;
  const [said = "", errors = ""] = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes));
  assert.equal(code, 0, errors);
  return { said, errors };
}

Deno.test("the examples run by the commands that they give", async (t) => {
  await using folder = await madeUpClipAuFolder();
  const { path, head, video } = folder;
  const faces = join(path, "faces"), videos = join(path, "videos");
  await Deno.mkdir(faces);
  await Deno.mkdir(videos);
  await ffmpeg("-i", video, "-frames:v", "3", join(faces, "%d.png"));
  await Deno.copyFile(video, join(videos, "one.mkv"));
  await Deno.copyFile(demoSample, join(videos, "face.mp4"));
  await Deno.writeTextFile(join(videos, "two.mp4"), "no video");
  const words = { CLIP: path, HEAD: head };
  // These know the face that is drawn in `face.mp4`.
  const demo = { CLIP: demoModel, HEAD: demoPlainHead };
  const examples = Deno.readDirSync(new URL("examples/", root));
  const left = new Set([...examples].map(({ name }) => name));
  const step = (name: string, body: () => Promise<void>) => {
    left.delete(name);
    return t.step(name, body);
  };
  await step("find_pictures.ts", async () => {
    const { said } = await runExample("find_pictures.ts", { ...words, FOLDER: faces });
    assert.equal([...said.matchAll(/^-?[\d.]+ \S+\/[123]\.png$/gm)].length, 3, said);
  });
  await step("watch_live.ts", async () => {
    const { said } = await runExample("watch_live.ts", words, video);
    assert.deepEqual(JSON.parse(said), { abstained: "no face was seen" });
    const seen = JSON.parse((await runExample("watch_live.ts", demo, demoSample)).said);
    const { from, to, probabilities: { neutral, pain } } = seen;
    assert.ok(from === 0 && to > 3 && to <= 4, `from ${from} to ${to}`);
    assert.ok(pain > neutral && Math.abs(pain + neutral - 1) < 1e-6, `${pain}`);
  });
  await step("read_folder.ts", async () => {
    const { said, errors } = await runExample("read_folder.ts", { ...demo, FOLDER: videos });
    const [head, ...rows] = said.trimEnd().split("\n");
    assert.equal(head, "video\tfrom\tto\tneutral\tpain");
    const [face = "", none] = rows.sort();
    assert.equal(none, "one.mkv\tno answer: no face was seen");
    const [name, ...numbers] = face.split("\t"), [from, to, neutral, pain] = numbers.map(Number);
    assert.equal(name, "face.mp4");
    assert.ok(from! < to! && neutral! < pain!, face);
    assert.ok(Math.abs(neutral! + pain! - 1) < 2e-3, face);
    assert.match(errors, /^Cannot .*two\.mp4/m);
  });
  await step("own_kernel.ts", async () => {
    const { said } = await runExample("own_kernel.ts");
    assert.match(said, /\n3\.000 3\.000 3\.000 3\.000 at a distance of /);
    assert.doesNotMatch(said, /diverges/);
    assert.match(said, /^square_gradient\[N=4\] .* within /m);
  });
  await step("adapt.ts", async () => {
    const anna = join(path, "anna.safetensors"), unseen = join(videos, "one.mkv");
    const { said } = await runExample("adapt.ts", {
      ...demo,
      "anna.safetensors": anna,
      ...{ FIRST: unseen, SECOND: demoSample },
    });
    const [first, second = "", ...windows] = said.trimEnd().split("\n");
    assert.equal(first, `${unseen}: no answer: no face was seen`);
    const [, before, after, moved] =
      /: entropy (\S+) before, (\S+) after; prompts are (\S+) from where they began$/
        .exec(second)?.map(Number) ?? [];
    assert.ok(second.startsWith(demoSample) && after! < before! && moved! > 0, second);
    assert.ok(windows.length > 0);
    for (const line of windows) {
      assert.match(line, /^from \d\.\d\d s to \d\.\d\d s \{ neutral: \S+, pain: \S+ \}$/);
    }
    assert((await Deno.stat(anna)).isFile);
  });
  assert.deepEqual([...left], []);
});

Deno.test("a project of its own builds on the public surface alone", async () => {
  await using folder = await madeUpClipAuFolder();
  const { path, head, video } = folder;
  const imports = { ...project.imports, "@autt/autt": new URL("mod.ts", root).href };
  await Deno.writeTextFile(
    join(path, "deno.json"),
    JSON.stringify({ imports, compilerOptions: project.compilerOptions }),
  );
  await Deno.writeTextFile(
    join(path, "main.ts"),
    `import { embedImages, embedTexts, inferVideo, loadClip, loadClipAu, openDevice, openVideo } from "@autt/autt";
import { matmul, record, similarity, Subject, type Image, type VideoWindow } from "@autt/autt";

using device = await openDevice();
using plan = await record(device, (r) => matmul(r, r.input("a", [1, 2]), r.input("b", [2, 1])));
plan.write("a", Float32Array.of(1, 2));
plan.write("b", Float32Array.of(3, 4));
plan.run();
const product: Float32Array = await device.read(plan.outputs);

using clip = await loadClip(device, ${JSON.stringify(path)});
const frames: Image[] = [];
for await (const frame of openVideo(${JSON.stringify(video)}, { every: 10 })) frames.push(frame);
const pictures = await embedImages(clip, frames);
const [text] = await embedTexts(clip, ["a b"]);
const close = text ? pictures.map((picture) => similarity(picture, text)) : [];

using model = await loadClipAu(device, { clip: ${JSON.stringify(path)}, head: ${
      JSON.stringify(head)
    } });
using person = await Subject.open(model, { faces: "whole frame" });
const windows: VideoWindow[] = [];
for await (const window of inferVideo(person, ${JSON.stringify(video)}, { every: 2 })) {
  windows.push(window);
}
const { probabilities } = windows.find(({ chosen }) => chosen)!;
console.log(JSON.stringify([product[0], close.length, Object.keys(probabilities)]));
`,
  );
  const config = ["--config", join(path, "deno.json"), "--no-lock"];
  const check = await runDeno(["check", "--quiet", ...config, join(path, "main.ts")]);
  assert.equal(check.code, 0, check.stderr);
  const allow = ["--allow-read", "--allow-env", "--allow-run=ffmpeg", "--no-prompt"];
  const run = await runDeno(["run", "--quiet", ...config, ...allow, join(path, "main.ts")]);
  assert.equal(run.code, 0, run.stderr);
  assert.deepEqual(JSON.parse(run.stdout), [11, 2, ["neutral", "pain"]]);
});
