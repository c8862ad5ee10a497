import assert from "node:assert/strict";
import { demoPlainHead, demoSample } from "../demo/model.ts";
import { runDeno } from "./fakes.ts";

/** Runs a command on the demo's CLIP; people are kept in the folder. */
function run(folder: string, ...args: string[]) {
  const allow = ["--allow-read", "--allow-write", "--allow-env", "--allow-run=ffmpeg"];
  return runDeno(["run", "--quiet", ...allow, "main.ts", ...args], {
    INIT_CWD: folder,
    AUTT_SUBJECTS: folder,
  });
}

Deno.test("a resting face is found in a clip of pain, and the clip is decided rightly by it", async () => {
  const folder = await Deno.makeTempDir({ prefix: "autt-calmest-" });
  const demo = ["--model", "demo", "--subject"];
  const enroll = async (name: string, ...args: string[]) => {
    const all = [demoSample, ...demo, name, "--every", "1", ...args];
    const { code, stdout, stderr } = await run(folder, "enroll", ...all);
    assert.equal(code, 0, stderr);
    return stdout;
  };
  const decide = async (name: string) => {
    const args = [demoSample, ...demo, name, "--no-adapt", "--json", "-"];
    const { code, stdout, stderr } = await run(folder, "infer", ...args);
    assert.equal(code, 0, stderr);
    return JSON.parse(stdout).before.class;
  };
  try {
    await enroll("whole");
    const told = await enroll("calm", "--calmest", "0.5");
    assert.match(told, /^calm is enrolled with \d frames of 1 videos\n/);
    const [, from, to] = /calmest in .*: 0:0(\S+) to 0:0(\S+)\n$/.exec(told) ?? [];
    assert.ok(Number(to) - Number(from) <= 0.5, told);
    assert.deepEqual([await decide("whole"), await decide("calm")], ["neutral", "pain"]);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("the calmest seconds need a head that knows how people rest", async (t) => {
  const folder = await Deno.makeTempDir({ prefix: "autt-calmest-" });
  const cases: [string, string[], RegExp][] = [
    ["no head", ["--calmest", "2"], /without a head, which learned how people rest: give one with/],
    ["a head that was not centred", ["--calmest", "2", "--head", demoPlainHead], /train one with/],
    ["a head for nothing", ["--head", demoPlainHead], /Cannot use --head without --calmest/],
    ["no time", ["--calmest", "0"], /by the calmest 0 seconds: wanted a number above 0/],
  ];
  try {
    for (const [name, args, sentence] of cases) {
      await t.step(name, async () => {
        const { code, stderr } = await run(
          folder,
          "enroll",
          demoSample,
          "--subject",
          "sam",
          ...args,
        );
        assert.equal(code, 2, stderr);
        assert.match(stderr, sentence);
      });
    }
    assert.deepEqual([...Deno.readDirSync(folder)], []);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
