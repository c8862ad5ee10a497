import assert from "node:assert/strict";
import { join } from "node:path";
import { runDeno } from "./fakes.ts";

/** `infer` where no model was ever fetched. */
async function withNothing(
  body: (infer: (...args: string[]) => ReturnType<typeof runDeno>, folder: string) => Promise<void>,
) {
  const folder = await Deno.makeTempDir({ prefix: "autt-demo-" });
  const allow = [
    "--allow-read",
    "--allow-write",
    "--allow-env",
    "--allow-ffi",
    "--allow-run=ffmpeg",
  ];
  const env = {
    INIT_CWD: folder,
    HF_HUB_CACHE: join(folder, "none"),
    AUTT_MODELS: join(folder, "none"),
    AUTT_SUBJECTS: join(folder, "people"),
  };
  try {
    await body(
      (...args) => runDeno(["run", "--quiet", ...allow, "main.ts", "infer", ...args], env),
      folder,
    );
    assert.deepEqual([...Deno.readDirSync(folder)], [], "it leaves nothing");
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("infer alone shows what the project is for: wrong before, right once the rest is known, and why", async () => {
  await withNothing(async (infer, folder) => {
    const page = join(folder, "o.html"), file = join(folder, "o.json");
    const { code, stdout, stderr } = await infer("--report", page, "--json", file);
    assert.equal(code, 0, stderr);
    assert.match(stdout, /^A drawn person .* \(a drawing, so nothing here is about people\):/);
    assert.match(
      stdout,
      /1\. At rest, read like everybody else: "pain" with [\d.]+ %, which is wrong\./,
    );
    assert.match(
      stdout,
      /2\. .* resting face are known: "neutral" with [\d.]+ %, which is right\./,
    );
    // As they are drawn, these two are the strongest at this person's rest.
    assert.match(
      stdout,
      /Why: this face shows AU25 lips parted and AU10 upper lip raised even at rest/,
    );
    assert.match(stdout, /3\. And in pain: "pain" with [\d.]+ %, which is right\./);
    assert.match(stdout, /\n {2}[▁▂▃▄▅▆▇█]{40}\n/);
    assert.match(
      stdout,
      /0:00\.9 to 0:01\.9, most at 0:01\.\d: AU4 brow lowered, .*AU9 nose wrinkled/,
    );
    const { after, enrolment, action_units } = JSON.parse(await Deno.readTextFile(file));
    assert.deepEqual([after.class, enrolment.videos, action_units.usual], [
      "pain",
      1,
      "enrolled resting face",
    ]);
    const text = await Deno.readTextFile(page);
    assert.match(text, /<p>At rest, read like everybody else: &quot;pain&quot; with/);
    await Promise.all([page, file].map((path) => Deno.remove(path)));
  });
});

Deno.test("infer alone with a method reads the demo's clip in pain by it", async () => {
  await withNothing(async (infer) => {
    const { code, stdout, stderr } = await infer("--method", "paper");
    assert.equal(code, 0, stderr);
    assert.match(stdout, /^a drawn face: \d+ frames, a face in each\n {2}answer: pain\n/);
    assert.match(stderr, /it knows drawn faces only, and says nothing about people/);
    assert.match(stderr, /No enrolment for this person/);
  });
});

Deno.test("infer without a model or a head says how to get them, and where to see how it works", async () => {
  await withNothing(async (infer) => {
    const headless = await infer("v.mkv", "--method", "paper");
    assert.equal(headless.code, 2);
    assert.match(headless.stderr, /Cannot decide without a head: train one with `\.\/autt train`/);
    assert.match(
      headless.stderr,
      /to see how it works, `\.\/autt infer` alone shows a drawn face/,
    );
    const head = new URL("../demo/model/head.safetensors", import.meta.url).pathname;
    const weightless = await infer("v.mkv", "--head", head);
    assert.equal(weightless.code, 1);
    assert.match(
      weightless.stderr,
      /Cannot find the model "vit-b-32" on this machine: get it with `\.\/autt weights vit-b-32`/,
    );
    assert.match(weightless.stderr, /--model demo is the demo's, which knows drawn faces only/);
    const other = await infer("--head", head);
    assert.equal(other.code, 2);
    assert.match(other.stderr, /Cannot read 0 videos: name one/);
  });
});
