import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { join } from "node:path";
import sharp from "sharp";
import { fakeHub, temporaryFolder } from "./fake_hub.ts";
import { runDeno } from "./fakes.ts";
import { smallClipBytes } from "./small_clip.ts";
import { smallVocabularyFiles } from "./small_vocabulary.ts";

const launcher = fileURLToPath(new URL("../autt", import.meta.url));

/** A folder with a picture, without any model, and a hub that has a small one. */
async function withoutModels() {
  const folder = await temporaryFolder();
  const hub = fakeHub({
    "model.safetensors": await smallClipBytes(),
    "tokenizer.json": new TextEncoder().encode(smallVocabularyFiles["tokenizer.json"]),
  });
  await sharp({ create: { width: 40, height: 30, channels: 3, background: "#403020" } })
    .toFile(join(folder.path, "a.png"));
  const env = {
    TMPDIR: folder.path,
    INIT_CWD: folder.path,
    HF_HUB_CACHE: join(folder.path, "hub"),
    AUTT_MODELS: join(folder.path, "none"),
    HF_ENDPOINT: hub.endpoint,
  };
  return {
    hub,
    /** Runs a line of shell in the folder, by the shell of Deno's tasks: tests may start Deno and no `sh`. */
    shell: (line: string, more: Record<string, string> = {}) =>
      runDeno(["task", "--quiet", "--eval", `cd ${folder.path} && ${line}`], { ...env, ...more }),
    left: () => [...Deno.readDirSync(folder.path)].map(({ name }) => name).sort(),
    async [Symbol.asyncDispose]() {
      await hub[Symbol.asyncDispose]();
      await folder[Symbol.asyncDispose]();
    },
  };
}

const embed = `sh ${launcher} embed a.png --text a --model org/clip`;

Deno.test("with --yes the launcher fetches weights and runs the command, once for all", async () => {
  await using place = await withoutModels();
  const first = await place.shell(`${embed} --yes`);
  assert.equal(first.code, 0, first.stderr);
  assert.match(first.stderr, /^model\.safetensors: .* 100 %/m);
  assert.ok(place.hub.seen.length > 0);
  place.hub.seen.length = 0;
  const again = await place.shell(embed);
  assert.equal(again.code, 0, again.stderr);
  assert.equal(first.stdout, again.stdout, "standard output is the command's result alone");
  assert.deepEqual(place.hub.seen, []);
  assert.deepEqual(place.left(), ["a.png", "hub"], "the launcher leaves nothing");
});

Deno.test("without a terminal and without --yes nothing is fetched, and it is said how to", async () => {
  await using place = await withoutModels();
  const [plain, offline, unknown] = await Promise.all([
    place.shell(embed),
    place.shell(`${embed} --yes`, { HF_HUB_OFFLINE: "1" }),
    place.shell(`sh ${launcher} embed a.png --text a --model nothing --yes`),
  ]);
  for (const { code, stderr } of [plain, offline]) {
    assert.equal(code, 1);
    assert.match(
      stderr,
      /Cannot find the model "org\/clip" on this machine: get it with `\.\/autt/,
    );
  }
  assert.equal(unknown.code, 1);
  assert.match(unknown.stderr, /Cannot find the model "nothing" on this machine/);
  assert.deepEqual(place.hub.seen, []);
});

Deno.test({
  name: "on a terminal the launcher asks once, names size and source, and takes no for an answer",
  ignore: Deno.build.os !== "linux",
  fn: async () => {
    await using place = await withoutModels();
    const onTerminal = (answer: string, command: string) =>
      place.shell(
        `sh -c "echo ${answer} | script --quiet --return --command '${command}' /dev/null"`,
      );
    const pinned = await onTerminal("n", `sh ${launcher} embed a.png --text a`);
    assert.equal(pinned.code, 1, pinned.stdout);
    assert.match(
      pinned.stdout,
      /The weights of "vit-b-32" are not on this machine\. Fetch them, 609 MB from http:\S+, once\? \[Y\/n\]/,
    );
    assert.match(pinned.stdout, /Cannot find the model "vit-b-32" on this machine/);
    assert.deepEqual(place.hub.seen, []);
    const yes = await onTerminal("y", embed);
    assert.equal(yes.code, 0, yes.stdout);
    assert.match(yes.stdout, /Fetch them, from http:\S+, once\?/);
    assert.match(yes.stdout, /adapter: /);
    const requests = place.hub.seen.length;
    assert.ok(requests > 0);
    const after = await onTerminal("n", embed);
    assert.equal(after.code, 0, after.stdout);
    assert.doesNotMatch(after.stdout, /Fetch/);
    assert.equal(place.hub.seen.length, requests);
  },
});
