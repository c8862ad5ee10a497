import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { join } from "node:path";
import project from "../deno.json" with { type: "json" };
import { entrySizes } from "../packaging/npm_package.ts";
import { listPublicNames, publicNamesPage } from "../packaging/public_names.ts";
import { readTarball, writeTarball } from "../packaging/tarball.ts";
import { swiftshader } from "./dawn/child.ts";
import { blocksOf, readPage } from "./docs/pages.ts";
import { temporaryFolder } from "./fake_hub.ts";
import { runDeno } from "./fakes.ts";
import { wordsOf } from "./task_permissions.ts";

/** The most bytes of compressed code that an entry may be. */
const budgets: Readonly<Record<keyof typeof project.exports, number>> = {
  ".": 310e3,
  "./engine": 155e3,
  "./clip": 195e3,
  "./person": 250e3,
  "./browser": 225e3,
};

Deno.test("tarballs are read and written: the same bytes for the same files, whatever their paths", async () => {
  const files = new Map([
    ["package/a.txt", new TextEncoder().encode("a")],
    [`package/${"long/".repeat(30)}b.bin`, new Uint8Array(1000).map((_, i) => i)],
    ["package/empty", new Uint8Array()],
  ]);
  const packed = await writeTarball(files);
  assert.deepEqual(await writeTarball(new Map([...files].reverse())), packed);
  const read = await readTarball(packed);
  assert.deepEqual([...read].sort(), [...files].sort());
  await assert.rejects(writeTarball(new Map([["x".repeat(101), new Uint8Array()]])), /too long/);
});

Deno.test("nothing is public by accident: docs/public-names.md lists every name", async () => {
  assert.equal(
    await Deno.readTextFile(publicNamesPage),
    await listPublicNames(),
    "write it anew with `./autt pack --names`, and say in the change why",
  );
});

/** The Bun that the package is tried in, and not the newest, which may change what is tested. */
const bun = "bun@1.4.5";

const library = blocksOf("docs/library.md");

/** The size of an entry that the page about the library tells, in bytes. */
function toldSize(entry: string): number {
  const row = readPage("docs/library.md").split("\n").find((line) =>
    line.startsWith(`| \`${entry}\` `)
  );
  const [, kilobytes] = /\| (\d+) kB +\|$/.exec(row ?? "") ?? [];
  return 1e3 * Number(kilobytes);
}

/** A program that uses each entry, in Node, Bun and Deno. */
const program = `
${'import { create, globals } from "webgpu";'}
Object.assign(globalThis, globals);
const gpu = create([]); // kept, since Dawn lives as long as this does
const { matmul, openDevice, record, softmax } = await import("@autt/autt/engine");
const { loadClip, Tokenizer } = await import("@autt/autt/clip");
const { auPrompts, openDetector, openVideo, unitLabel } = await import("@autt/autt/person");
const all = await import("@autt/autt");
const browser = await import("@autt/autt/browser");
const [model, video] = process.argv.slice(2);

const device = await openDevice({ gpu });
const plan = await record(device, (r) =>
  softmax(r, matmul(r, r.input("x", [1, 2]), r.input("w", [2, 2]))));
plan.write("x", Float32Array.of(1, 2));
plan.write("w", Float32Array.of(1, 3, 1, 0));
plan.run();
const clip = await loadClip(device, model);
const texts = await clip.encodeTexts(["nose wrinkled"]);
let frames = 0;
for await (const frame of openVideo(video, { every: 10 })) frames += Number(frame.width > 0);
await openDetector(device);
console.log(JSON.stringify({
  shares: [...await device.read(plan.outputs)],
  text: [...texts.slice(0, 3)],
  frames,
  unit: unitLabel(auPrompts[6]),
  names: [all.openDevice === openDevice, typeof Tokenizer, typeof browser.Observer],
}));
process.exit(0); // Dawn may abort when it is let go
`;

Deno.test({
  name:
    "the packed tarball is installed in an empty project, and each entry runs in Node, Bun and Deno",
  ignore: swiftshader === undefined && !Deno.env.get("CI"),
  fn: async () => {
    await using folder = await temporaryFolder();
    const tarball = join(folder.path, "autt.tgz");
    const packed = await runDeno(["run", "--quiet", ...wordsOf("pack"), tarball]);
    assert.equal(packed.code, 0, packed.stderr);
    const bytes = await Deno.readFile(tarball), files = await readTarball(bytes);
    assert.ok(bytes.length < 700e3, `${bytes.length} bytes`);
    const information = JSON.parse(new TextDecoder().decode(files.get("package/package.json")));
    assert.deepEqual(
      [information.name, information.version, information.license],
      [project.name, project.version, project.license],
    );
    for (const [entry, size] of await entrySizes(bytes)) {
      const budget = budgets[entry as keyof typeof budgets];
      assert.ok(size < budget && size > budget / 4, `${entry}: ${size} of ${budget} bytes`);
      const told = toldSize(entry);
      assert.ok(Math.abs(told / size - 1) < 0.1, `docs/library.md: ${entry}: ${told}, is ${size}`);
      const { types } = information.exports[entry];
      assert.ok(files.has(`package/${types.slice(2)}`), `${entry} has no types`);
    }
    assert.ok(![...files.keys()].some((path) => /^package\/(app|tests|bench|main)/.test(path)));

    await Deno.writeTextFile(join(folder.path, "package.json"), '{"type":"module"}');
    await Deno.writeTextFile(join(folder.path, "program.js"), program);
    const shell = (line: string) =>
      runDeno(["task", "--quiet", "--eval", `cd ${folder.path} && ${line}`], {
        VK_DRIVER_FILES: swiftshader ?? "",
      });
    const webgpu = project.imports.webgpu.slice("npm:".length);
    const installed = await shell(
      `npm install --no-audit --no-fund --loglevel=error ./autt.tgz ${webgpu} ${bun}`,
    );
    assert.equal(installed.code, 0, installed.stderr);
    const path = (name: string) => fileURLToPath(new URL(`../demo/${name}`, import.meta.url));
    const args = `program.js ${path("model")} ${path("sample/pain.mp4")}`;
    const results = await Promise.all(
      ["node", "./node_modules/.bin/bun", "deno run --quiet --allow-all"].map(async (runtime) => {
        const { stdout, stderr } = await shell(`${runtime} ${args}`);
        assert.match(stdout, /^\{.*\}\n$/, stderr);
        return JSON.parse(stdout);
      }),
    );
    for (const result of results) assert.deepEqual(result, results[0]);
    const { shares, text, frames, unit, names } = results[0];
    assert.deepEqual([shares, frames, unit], [[0.5, 0.5], 4, "AU9 nose wrinkled"]);
    assert.ok(text.every((x: number) => Number.isFinite(x) && x !== 0));
    assert.deepEqual(names, [true, "function", "function"]);

    // The page's own program.
    const { text: own = "" } = library.find(({ language }) => language === "js") ?? {};
    await Deno.writeTextFile(join(folder.path, "matmul.mjs"), own);
    const { stdout, stderr } = await shell("node matmul.mjs");
    assert.match(stdout, /Float32Array\(4\) \[ 4, 5, 10, 11 \]/, stderr);
  },
});
