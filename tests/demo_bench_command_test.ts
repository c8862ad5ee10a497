import assert from "node:assert/strict";
import { runDeno } from "./fakes.ts";
import { keptIn, wordsOf } from "./task_permissions.ts";

const words = ["run", "--quiet", "--no-prompt", ...wordsOf("demo:bench")];

Deno.test("demo:bench refuses what it doesn't know, in a sentence", async () => {
  const option = await runDeno([...words, "--nonsense"]);
  assert.equal(option.code, 2);
  assert.match(option.stderr, /^error: .*nonsense.*\n$/);
  const word = await runDeno([...words, "style"]);
  assert.deepEqual([word.code, word.stderr], [
    2,
    'error: Cannot take "style": see --help for the options\n',
  ]);
});

Deno.test("demo:bench ends on Ctrl-C and keeps who is drawn, but nothing half written", async () => {
  const folder = await Deno.makeTempDir({ prefix: "autt-demo-bench-" });
  try {
    const process = new Deno.Command("deno", {
      args: [...words, "--quick", "--features", "features", "--out", "table.md"],
      env: { NO_COLOR: "1", ...keptIn(folder) },
      cwd: new URL("..", import.meta.url),
      stdin: "null",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    let said = "";
    for await (const part of process.stderr.pipeThrough(new TextDecoderStream())) {
      said += part;
      // The first of many people is still to be drawn.
      if (/people to learn from/.test(part)) process.kill("SIGINT");
    }
    const stdout = await new Response(process.stdout).text();
    const { code } = await process.status;
    assert.deepEqual([code, stdout], [130, ""], said);
    assert.match(
      said,
      /^adapter: .*\n0 min \d s: 0 of 14 people .*\nstopped: what is drawn is kept\n$/,
    );
    assert.deepEqual([...Deno.readDirSync(folder)].map(({ name }) => name), ["features"]);
    for (const { name } of Deno.readDirSync(`${folder}/features`)) {
      assert.match(name, /^(style|mild)-source-0-\d+-10-\d+-[0-9a-f]{12}\.safetensors$/);
    }
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
