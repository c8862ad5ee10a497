/**
 * Runs the commands of the README and of `docs/`, as they stand there, in a folder that has what they
 * name. What takes a server, a network or minutes is run by another test, which is named here: a
 * command that is neither run nor named fails.
 */
import assert from "node:assert/strict";
import { join } from "node:path";
import project from "../deno.json" with { type: "json" };
import { demoAmbivalence, demoSample } from "../demo/model.ts";
import { blocksOf, callsOf, commandsOf, pages, root } from "./docs/pages.ts";
import { drawPeople, type ReadersFolder, readersFolder } from "./docs/readers_folder.ts";

const guides = [...pages()].filter((page) => /^(README\.md|docs\/[^/]+)$/.test(page)).sort();

const srt = "1\n00:00:00,200 --> 00:00:03,000\ni am fine.\n";

/** What a page needs beside what every reader's folder has. */
const preparations: Readonly<Record<string, (folder: ReadersFolder) => Promise<void>>> = {
  "docs/ambivalence.md": async ({ path }) => {
    await Deno.copyFile(demoSample, join(path, "answer.mp4"));
    await Deno.copyFile(demoAmbivalence, join(path, "ambivalence.safetensors"));
    await Deno.writeTextFile(join(path, "answer.srt"), srt);
  },
  "docs/fleet.md": async ({ path }) => {
    await Deno.mkdir(join(path, "data/clips"), { recursive: true });
    await Deno.copyFile(demoSample, join(path, "data/clips/one.mp4"));
  },
  "docs/getting-started.md": drawPeople,
  "docs/reading-a-video.md": async ({ path }) => {
    await Deno.mkdir(join(path, "clips"));
    await Deno.copyFile(demoSample, join(path, "clips/one.mp4"));
  },
  "docs/training.md": drawPeople,
  "docs/tta-cap.md": drawPeople,
  "docs/eval.md": async (folder) => {
    await drawPeople(folder);
    // The demo's usual head wants an enrolment.
    await Deno.rename(
      join(folder.path, "plain.safetensors"),
      join(folder.path, "head.safetensors"),
    );
  },
};

/** Where else a command is run: the test, and the words by which it does so. */
type Elsewhere = readonly [test: string, words: string];

const request = 'curl -F video=@clip.webm -F model=pain -F \'labels=["Pain","Neutral"]\' ' +
  "http://localhost:8000/api/predict";

const fleet: Elsewhere = ["tests/fleet_test.ts", "submit, work and jobs read a folder"];

/** LFAN takes a training, which that test makes a short one. */
const framesOfAnswers: Elsewhere = [
  "tests/ambivalence_command_test.ts",
  'for (const form of ["lfan", "can"])',
];

/** People with unusual resting faces are drawn there. */
const personal: Elsewhere = [
  "tests/ambivalence_personal_test.ts",
  '"conflict,conflict-rest,conflict-enrolled"',
];

const dsfda = (words: string): Elsewhere => ["tests/dsfda_command_test.ts", words];

/** Commands of blocks that are not run here: what a test that is named runs instead. */
const elsewhere: Readonly<Record<string, Elsewhere>> = {
  "./autt weights vit-b-32": ["tests/weights_test.ts", '"main.ts", "weights"'],
  "./autt train --task ambivalence labels.txt --root BAH_DB --out ambivalence.safetensors": [
    "tests/ambivalence_command_test.ts",
    '["--task", "ambivalence", "drawn/labels.txt"',
  ],
  "./autt train --task ambivalence labels.txt --root BAH_DB --form lfan --out lfan.safetensors":
    framesOfAnswers,
  "./autt infer --task ambivalence answer.mp4 --transcript answer.srt --head lfan.safetensors":
    framesOfAnswers,
  "./autt eval --dataset bah --labels labels.txt --root BAH_DB --method conflict,conflict-rest,conflict-enrolled":
    personal,
  "./autt train --task ambivalence labels.txt --root BAH_DB --centred 1 --out centred.safetensors":
    [
      "tests/ambivalence_personal_test.ts",
      '"--centred", "1"',
    ],
  "./autt enroll --subject ann rest.mp4": ["tests/ambivalence_personal_test.ts", '"ann"'],
  "./autt infer --task ambivalence answer.mp4 --transcript answer.srt --head centred.safetensors --subject ann":
    ["tests/ambivalence_personal_test.ts", '"--subject", "ann"'],
  "./autt demo:dsfda --out dsfda": ["tests/bench_dsfda_test.ts", 'wordsOf("demo:dsfda")'],
  "./autt infer VIDEO --method dsfda --head dsfda/dsfda.safetensors --model demo": dsfda(
    '...frames, "--method", "dsfda"',
  ),
  "./autt enroll VIDEO --subject NAME --method dsfda --dsfda dsfda/dsfda.safetensors --model demo":
    dsfda('["--method", "dsfda", "--dsfda", "d.safetensors", "--show"'),
  "./autt infer VIDEO --method dsfda --subject NAME --model demo": dsfda('"--subject", "sam"'),
  "./autt eval --dataset demo --method enrolled,pft,dsfda --dsfda dsfda/dsfda.safetensors": dsfda(
    '["--method", "dsfda", "--dsfda", "d.safetensors", "--rest-clips"',
  ),
  "./autt eval --dataset demo": ["tests/eval_drawn_test.ts", "runDrawn("],
  "nats-server -js -sd /var/lib/nats": ["tests/fleet/nats_server.ts", '"nats-server"'],
  "./autt submit clips --root /data --queue nats://queue --head head.safetensors": fleet,
  "./autt work --root /data --out /data/out --queue nats://queue --head head.safetensors": fleet,
  "./autt jobs --queue nats://queue --export results.csv": fleet,
  [request]: ["tests/serve_test.ts", '`${address}/api/predict`, { method: "POST"'],
};

/** What no test can run, and why. */
const notRun: Readonly<Record<string, string>> = {
  "deno compile --allow-read --allow-run=ffmpeg --include autt/media/face/face_detection_short_range.tflite main.ts":
    "it fetches Deno's runtime, which is in no package registry",
  "./autt eval --dataset bah --labels labels.txt --root BAH_DB --method lfan,can":
    "it trains both for minutes; their training is tested in tests/ambivalence_frames_test.ts",
};

/** Paths and variables of other machines, as they are here. */
const here: Readonly<Record<string, (command: string) => string>> = {
  "docs/fleet.md": (script) =>
    `SLURM_ARRAY_TASK_ID=1\nSLURM_ARRAY_TASK_COUNT=8\n${script.replaceAll("/data/", "data/")}`,
};

/** Tasks that pages only mention, and which no block here runs: the test that runs them. */
const mentioned: Readonly<Record<string, Elsewhere>> = {
  watch: ["tests/watch_test.ts", 'wordsOf("watch")'],
  weights: ["tests/weights_test.ts", '"main.ts", "weights"'],
  doctor: ["tests/doctor_test.ts", 'wordsOf("doctor")'],
  tune: ["tests/schedule_files_test.ts", 'run("tune")'],
  submit: fleet,
  work: fleet,
  jobs: fleet,
  web: ["tests/page_build_test.ts", '"main.ts", "web"'],
  "web:build": ["tests/page_build_test.ts", "buildPage"],
  serve: ["tests/serve_test.ts", '"main.ts", "serve"'],
  subject: ["tests/subject_files_test.ts", '"main.ts", "subject"'],
  completions: ["tests/completions_test.ts", 'wordsOf("completions")'],
  test: [".ci/run", "./autt test"],
  check: ["tests/permissions_test.ts", 'check: { args: ["add[a=5,b=5]"]'],
  fuzz: ["tests/fuzz_test.ts", "./fuzz/main.ts"],
  golden: ["tests/permissions_test.ts", 'golden: { args: ["golden"'],
  coverage: ["tests/coverage_test.ts", "coverage is summed by folder"],
  pack: ["tests/packages_test.ts", 'wordsOf("pack")'],
  bench: ["tests/bench_test.ts", 'bench("bench"'],
  "bench:load": ["tests/bench_test.ts", 'bench("bench:load"'],
  "bench:against": ["tests/bench_against_test.ts", 'wordsOf("bench:against")'],
  "bench:device": ["tests/bench_device_test.ts", 'wordsOf("bench:device")'],
  "bench:peers": ["tests/bench_peers_test.ts", "bench/peers/main.ts"],
  "bench:clip": ["tests/bench_clip_test.ts", "bench/peers/clip/main.ts"],
  "bench:tuning": ["tests/bench_tuning_test.ts", 'wordsOf("bench:tuning")'],
  "bench:dsfda": ["tests/bench_dsfda_test.ts", 'wordsOf("bench:dsfda")'],
  "bench:half": ["tests/bench_half_test.ts", 'wordsOf("bench:half")'],
  "bench:following": ["tests/follow_test.ts", "bench/following/"],
  "demo:bench": ["tests/demo_bench_command_test.ts", 'wordsOf("demo:bench")'],
  "demo:sheet": ["tests/demo_permissions_test.ts", '"demo:sheet": { args'],
  "demo:people": ["tests/demo_permissions_test.ts", '"demo:people": {'],
  "demo:sample": ["tests/demo_permissions_test.ts", '"demo:sample": {'],
  "demo:zeroshot": ["tests/demo_permissions_test.ts", '"demo:zeroshot": { args'],
  "demo:dsfda": ["tests/bench_dsfda_test.ts", 'wordsOf("demo:dsfda")'],
  "demo:conflict": ["tests/demo_conflict_test.ts", 'wordsOf("demo:conflict")'],
  "demo:speakers": ["tests/ambivalence_command_test.ts", '"demo:speakers",'],
};

/**
 * Tasks of which only `--help` is run (tests/permissions_test.ts): they take minutes, another machine,
 * a registry, or all of the tests.
 */
const helpAlone: ReadonlySet<string> = new Set([
  ...["bench:page", "bench:fleet", "bench:long", "check:faces", "check:dawn"],
  ...["bench:schedule", "mutate", "demo:units", "compile", "ok"],
]);

/** Options that name a file or a folder which the command makes. */
const makes = /--(?:out|json|csv|report|elan|export|sources)[ =](\S+)/g;

for (const page of guides) {
  const commands = blocksOf(page).flatMap(commandsOf);
  if (commands.length === 0) continue;
  Deno.test(`${page}: its commands run as they stand there`, async (t) => {
    await using folder = await readersFolder();
    await preparations[page]?.(folder);
    for (const command of commands) {
      if (command in elsewhere || command in notRun) continue;
      await t.step(command, async () => {
        const { code, stderr } = await folder.shell(here[page]?.(command) ?? command);
        assert.equal(code, 0, stderr);
        for (const [, path = ""] of command.matchAll(makes)) {
          if (!/ infer .*--sources/.test(command)) await Deno.stat(join(folder.path, path));
        }
      });
    }
  });
}

const readsVideos = ["--allow-read", "--allow-env", "--allow-ffi", "--allow-run=ffmpeg"];

Deno.test("programs in the pages that take a model run beside what they name", async (t) => {
  await using folder = await readersFolder();
  const config = join(folder.path, "deno.json"), entry = join(root, "mod.ts");
  await Deno.writeTextFile(
    config,
    JSON.stringify({ imports: { ...project.imports, "@autt/autt": entry } }),
  );
  for (const page of guides) {
    for (const { language, ignored, text } of blocksOf(page)) {
      if (language !== "ts" || !ignored) continue;
      await t.step(page, async () => {
        await Deno.writeTextFile(join(folder.path, "program.ts"), text);
        const allow = [...readsVideos, "--allow-write=."].join(" ");
        const line = `deno run --quiet --check --no-lock --no-prompt ${allow} program.ts`;
        const { code, stdout, stderr } = await folder.shell(line);
        assert.equal(code, 0, stderr);
        assert.notEqual(stdout, "");
      });
    }
  }
});

Deno.test("every command that the pages mention is run by a test, which is named", async () => {
  const read = (path: string) => Deno.readTextFile(join(root, path));
  const inBlocks = guides.flatMap((page) => blocksOf(page).flatMap(commandsOf));
  for (const command of [...Object.keys(elsewhere), ...Object.keys(notRun)]) {
    assert.ok(inBlocks.includes(command), `no page has the command: ${command}`);
  }
  for (const [command, [test, words]] of Object.entries(elsewhere)) {
    assert.ok((await read(test)).includes(words), `${test} runs no ${command}: ${words}`);
  }
  for (const [task, [test, words]] of Object.entries(mentioned)) {
    assert.ok((await read(test)).includes(words), `${test} runs no ${task}: ${words}`);
  }
  const runHere = new Set([
    "demo:timeline",
    ...inBlocks.filter((command) => !(command in elsewhere)).map((command) =>
      /^\.\/autt (\S+)/.exec(command)?.[1]
    ),
  ]);
  for (const page of guides) {
    for (const { task } of callsOf(page)) {
      assert.ok(
        runHere.has(task) || task in mentioned || helpAlone.has(task),
        `${page}: no test runs ${task}: say here which one does`,
      );
    }
  }
});

Deno.test("the README quotes what infer prints", async () => {
  await using folder = await readersFolder();
  const { stdout } = await folder.shell("./autt infer");
  const quoted = blocksOf("README.md").find(({ language }) => language === "")?.text ?? "";
  // The last decimals depend on the adapter.
  const plain = (text: string) => text.replaceAll(/\d+\.\d %/g, "N %");
  const lines = plain(quoted).trimEnd().split("\n");
  assert.ok(lines.length > 2, quoted);
  for (const line of lines) assert.ok(plain(stdout).includes(line), `${line}\n${stdout}`);
});

Deno.test("the README's picture is what demo:timeline draws", async () => {
  await using folder = await readersFolder();
  const { code, stderr } = await folder.shell("./autt demo:timeline drawn.svg");
  assert.equal(code, 0, stderr);
  // The last digits of places depend on the adapter: rows are compared by their labels.
  const labels = (svg: string) =>
    [...svg.matchAll(/>([^<>]*[a-z][^<>]*)<\/text>/g)].map(([, x]) => x);
  const drawn = labels(await Deno.readTextFile(join(folder.path, "drawn.svg")));
  assert.deepEqual(drawn, labels(await Deno.readTextFile(join(root, "docs/timeline.svg"))));
  assert.ok(drawn.length >= 7, drawn.join());
});
