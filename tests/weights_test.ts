import assert from "node:assert/strict";
import { join } from "node:path";
import { formatBytes, progressLine } from "../app/terminal/progress_line.ts";
import { pinnedModels } from "../io/hub/model_files.ts";
import { body, fakeHub, someBytes, temporaryFolder } from "./fake_hub.ts";
import { runDeno } from "./fakes.ts";

const checkpoint = someBytes(200_000);
const files = {
  "config.json": new TextEncoder().encode('{"model_type": "clip"}'),
  "pytorch_model.bin": checkpoint,
};

Deno.test("progress has a percentage, a rate and the time left, and a line only now and then", () => {
  let time = 0;
  const shown = (terminal: boolean) => {
    const written: string[] = [];
    time = 0;
    const show = progressLine({ terminal, write: (text) => written.push(text) }, () => time);
    for (
      const [seconds, done] of [[0, 100e6], [0.01, 100e6], [1, 120e6], [6, 220e6], [21, 605e6]]
    ) {
      time = 1000 * seconds!;
      show("model.bin", done!, 605e6);
    }
    return written;
  };
  assert.deepEqual(shown(false), [
    "model.bin: 220 MB of 605 MB, 36 %, 20 MB/s, 20 s left\n",
    "model.bin: 605 MB of 605 MB, 100 %, 24 MB/s\n",
  ]);
  const lines = shown(true);
  assert.equal(lines.length, 4);
  assert.equal(lines[1], "\rmodel.bin: 120 MB of 605 MB, 19 %, 20 MB/s, 25 s left\x1b[K");
  assert(lines[3]!.endsWith("\n"));
  assert.deepEqual([7, 999_600, 1.72e9].map(formatBytes), ["7 bytes", "1.0 MB", "1.7 GB"]);
});

/** The command as a process of its own; without a hub it is not allowed to open connections. */
function command(folder: string, endpoint?: string) {
  const env = {
    HF_HOME: join(folder, "hf"),
    HF_HUB_CACHE: "",
    HUGGINGFACE_HUB_CACHE: "",
    HF_HUB_OFFLINE: "",
    HF_ENDPOINT: endpoint ?? "http://127.0.0.1:9",
    AUTT_MODELS: join(folder, "models"),
  };
  const allow = ["--allow-read", "--allow-write", "--allow-env"];
  if (endpoint !== undefined) allow.push("--allow-net=127.0.0.1");
  const args = ["run", "--quiet", "--no-prompt", ...allow, "main.ts", "weights"];
  return {
    env,
    args,
    run: (more: string[], variables: Record<string, string> = {}) =>
      runDeno([...args, ...more], { ...env, ...variables }),
  };
}

Deno.test("the command downloads, says where, and then needs no network", async () => {
  await using folder = await temporaryFolder();
  await using hub = fakeHub(files);
  const online = command(folder.path, hub.endpoint);
  const first = await online.run(["org/clip"]);
  assert.equal(first.code, 0, first.stderr);
  const snapshot = join(folder.path, "hf/hub/models--org--clip/snapshots", hub.commit);
  assert.equal(first.stdout, `${snapshot}\n`);
  assert.match(
    first.stderr,
    /^config.json: 22 bytes of 22 bytes, 100 %.*\npytorch_model.bin: 200 kB/,
  );
  const again = await online.run(["org/clip"]);
  assert.deepEqual(again, { ...first, stderr: "" });
  hub.seen.length = 0;
  const offline = await online.run(["org/clip", "--offline"]);
  assert.deepEqual(offline, again);
  assert.deepEqual(hub.seen, []);
  // Without the permission, a connection would be an error of its own.
  const sealed = command(folder.path);
  assert.deepEqual(await sealed.run(["org/clip"], { HF_HUB_OFFLINE: "1" }), again);
  const list = await sealed.run(["--list"]);
  assert.match(list.stdout, /vit-b-32 +not here +609 MB +openai\/clip-vit-base-patch32@3d74acf9/);
  assert(list.stdout.includes(`org/clip@${hub.commit.slice(0, 8)}  200 kB  ${snapshot}`));
  assert.match(list.stdout, /Get one: \.\/autt weights vit-b-32/);
});

Deno.test("the command says offline what is missing, and finds what is there", async () => {
  await using folder = await temporaryFolder();
  const { run } = command(folder.path);
  const none = await run(["vit-b-32", "--offline"]);
  assert.equal(none.code, 1);
  assert.match(
    none.stderr,
    /^error: Cannot get "vit-b-32" offline: not in .*3d74acf9.*: config.json, .*pytorch_model.bin: run `\.\/autt weights vit-b-32` with a network, or/,
  );
  const { hub, files } = pinnedModels[0]!;
  const snapshot = join(
    folder.path,
    "hf/hub",
    `models--${hub!.repo.replace("/", "--")}/snapshots`,
    hub!.commit,
  );
  await Deno.mkdir(snapshot, { recursive: true });
  for (const { name, size } of files) {
    await Deno.writeTextFile(join(snapshot, name), "");
    await Deno.truncate(join(snapshot, name), size);
  }
  for (const name of ["vit-b-32", hub!.repo]) {
    const found = await run([name, "--offline"]);
    assert.deepEqual(found, { code: 0, stdout: `${snapshot}\n`, stderr: "" });
  }
  const [wrong, several, unnamed] = await Promise.all([
    run(["vit-b-33"]),
    run(["vit-b-32", "vit-b-16"]),
    run(["--from", "a"]),
  ]);
  assert.deepEqual([wrong.code, several.code, unnamed.code], [2, 2, 2]);
  assert.match(wrong.stderr, /Cannot get "vit-b-33": no such model.*vit-b-32, vit-b-16/);
});

Deno.test("the command can be interrupted, and goes on from there", async () => {
  await using folder = await temporaryFolder();
  await using hub = fakeHub(files);
  const { args, env, run } = command(folder.path, hub.endpoint);
  const asked = Promise.withResolvers<void>();
  hub.answer = ({ server }) => {
    if (server !== "storage") return;
    asked.resolve();
    return new Response(body(checkpoint.subarray(0, 1000), "hangs"), {
      headers: { "content-length": `${checkpoint.length}` },
    });
  };
  const child = new Deno.Command("deno", {
    args: [...args, "org/clip"],
    env: { NO_COLOR: "1", ...env },
    cwd: new URL("..", import.meta.url),
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  await asked.promise;
  child.kill("SIGINT");
  const { code, stdout, stderr } = await child.output();
  assert.equal(code, 130, new TextDecoder().decode(stderr));
  assert.equal(stdout.length, 0);
  assert.match(
    new TextDecoder().decode(stderr),
    /interrupted: the same command goes on from there/,
  );
  hub.answer = () => undefined;
  const second = await run(["org/clip"]);
  assert.equal(second.code, 0, second.stderr);
  assert.deepEqual(
    await Deno.readFile(join(second.stdout.trim(), "pytorch_model.bin")),
    checkpoint,
  );
});

Deno.test("the command's help says what it reads and how it ends", async () => {
  await using folder = await temporaryFolder();
  const { code, stdout } = await (command(folder.path)).run(["--help"]);
  assert.equal(code, 0);
  assert.match(stdout, /usage: \.\/autt weights/);
  for (const part of ["--from", "--offline", "HF_TOKEN", "HF_HUB_CACHE", "130 Ctrl-C"]) {
    assert(stdout.includes(part), part);
  }
});
