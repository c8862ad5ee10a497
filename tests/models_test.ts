import assert from "node:assert/strict";
import { join } from "node:path";
import { findCheckpoint, findModel, missingFiles } from "../io/hub/find_model.ts";
import { getFromHub, getPinned } from "../io/hub/get_model.ts";
import { blobPath, listCache } from "../io/hub/hub_cache.ts";
import { type HubSettings, hubSettings } from "../io/hub/hub_settings.ts";
import { importModel } from "../io/hub/import_model.ts";
import { type PinnedModel, pinnedModels } from "../io/hub/model_files.ts";
import { fakeHub, gitSha1, sha256, someBytes, temporaryFolder } from "./fake_hub.ts";
import { rejection } from "./fakes.ts";

const config = new TextEncoder().encode('{"model_type": "clip"}');
const checkpoint = someBytes(200_000);
const files = { "config.json": config, "pytorch_model.bin": checkpoint };
const quick = { backOffMs: 1, retries: 1 };

/** A model of the fake hub: the checkpoint's checksum is known, the other file is the hub's word. */
const pinned = (commit: string): PinnedModel => ({
  name: "test",
  hub: { repo: "org/clip", commit },
  files: [{ name: "config.json" }, {
    name: "pytorch_model.bin",
    size: checkpoint.length,
    sha256: sha256(checkpoint),
  }],
});

const settingsOf = (variables: Record<string, string>): HubSettings =>
  hubSettings((name) => variables[name]);
const variables = (folder: string, endpoint = "http://127.0.0.1:9") => ({
  HF_HOME: join(folder, "hf"),
  AUTT_MODELS: join(folder, "models"),
  HF_ENDPOINT: endpoint,
  INIT_CWD: folder,
});

Deno.test("the places are Python's, in its order", () => {
  const cache = (more: Record<string, string>) =>
    settingsOf({ HOME: "/home/me", INIT_CWD: "/work", ...more }).cache;
  assert.equal(cache({}), "/home/me/.cache/huggingface/hub");
  assert.equal(cache({ XDG_CACHE_HOME: "/xdg" }), "/xdg/huggingface/hub");
  const home = { XDG_CACHE_HOME: "/xdg", HF_HOME: "~/hf" };
  assert.equal(cache(home), "/home/me/hf/hub");
  assert.equal(cache({ ...home, HUGGINGFACE_HUB_CACHE: "/old" }), "/old");
  assert.equal(cache({ ...home, HUGGINGFACE_HUB_CACHE: "/old", HF_HUB_CACHE: "new" }), "/work/new");
  assert.equal(settingsOf({ HOME: "/home/me" }).models, "/home/me/.local/share/autt/models");
  assert.throws(() => settingsOf({}), /HOME is not set: set HF_HUB_CACHE/);
  assert(settingsOf({ HOME: "/", HF_HUB_OFFLINE: "1" }).offline);
});

Deno.test("the list of models is well-formed", () => {
  for (const { hub, files } of pinnedModels) {
    if (hub) assert.match(hub.commit, /^[0-9a-f]{40}$/);
    const checkpoints = files.filter(({ name }) => /\.(safetensors|bin|pt)$/.test(name));
    assert.equal(checkpoints.length, 1);
    for (const { name, sha256, url } of files) {
      if (sha256 !== undefined) assert.match(sha256, /^[0-9a-f]{64}$/);
      // A small file of the hub may rely on git's checksum; everything else has its own.
      if (url !== undefined || /\.(safetensors|bin)$/.test(name)) assert(sha256);
    }
  }
});

Deno.test("a download makes Python's layout, and is not repeated", async () => {
  await using folder = await temporaryFolder();
  await using hub = fakeHub(files);
  const settings = settingsOf({ ...variables(folder.path, hub.endpoint), HF_TOKEN: "secret" });
  const model = pinned(hub.commit);
  const seen = new Map<string, number>();
  const snapshot = await getPinned(model, settings, {
    ...quick,
    onProgress: (file, done) => seen.set(file, done),
  });
  const repo = join(folder.path, "hf", "hub", "models--org--clip");
  assert.equal(snapshot, join(repo, "snapshots", hub.commit));
  assert.equal(
    await Deno.readLink(join(snapshot, "pytorch_model.bin")),
    `../../blobs/${sha256(checkpoint)}`,
  );
  assert.equal(
    await Deno.readLink(join(snapshot, "config.json")),
    `../../blobs/${gitSha1(config)}`,
  );
  assert.deepEqual(await Deno.readFile(join(snapshot, "pytorch_model.bin")), checkpoint);
  assert.deepEqual([...seen], [["config.json", config.length], [
    "pytorch_model.bin",
    checkpoint.length,
  ]]);
  for (const { server, authorization } of hub.seen) {
    assert.equal(authorization, server === "hub" ? "Bearer secret" : null);
  }
  hub.seen.length = 0;
  assert.equal(await getPinned(model, settings, quick), snapshot);
  assert.deepEqual(hub.seen, []);
});

Deno.test("two downloads of the same model at once fetch it once", async () => {
  await using folder = await temporaryFolder();
  await using hub = fakeHub(files);
  const settings = settingsOf(variables(folder.path, hub.endpoint));
  const get = () => getPinned(pinned(hub.commit), settings, quick);
  const [one, two] = await Promise.all([get(), get()]);
  assert.equal(one, two);
  assert.deepEqual(await Deno.readFile(join(one, "pytorch_model.bin")), checkpoint);
  assert.equal(hub.seen.filter(({ server }) => server === "storage").length, 1);
});

Deno.test("a cache that Python made is read", async () => {
  await using folder = await temporaryFolder();
  const settings = settingsOf(variables(folder.path));
  const commit = "ab".repeat(20);
  const repo = join(settings.cache, "models--org--clip");
  const snapshot = join(repo, "snapshots", commit);
  for (const part of ["blobs", "refs", `snapshots/${commit}`, ".no_exist"]) {
    await Deno.mkdir(join(repo, part), { recursive: true });
  }
  for (const [name, bytes] of Object.entries(files)) {
    await Deno.writeFile(join(repo, "blobs", sha256(bytes)), bytes);
    await Deno.symlink(`../../blobs/${sha256(bytes)}`, join(snapshot, name));
  }
  await Deno.writeTextFile(join(repo, "refs", "main"), commit);
  await Deno.writeTextFile(join(settings.cache, "version.txt"), "1");
  assert.equal(await findModel("org/clip", settings), snapshot);
  assert.equal(await findModel(`org/clip@${commit}`, settings), snapshot);
  assert.equal(await findModel("org/clip@other", settings), undefined);
  assert.equal(await findModel("org/../clip", settings), undefined);
  assert.deepEqual(await listCache(settings.cache), [{
    repo: "org/clip",
    commit,
    folder: snapshot,
  }]);
  assert.deepEqual(await missingFiles(pinned(commit), settings), []);
  // A link to a blob that is gone, as `hf cache delete` may leave it.
  await Deno.remove(join(repo, "blobs", sha256(config)));
  const [missing] = await missingFiles(pinned(commit), settings);
  assert.equal(missing?.name, "config.json");
});

Deno.test("without links, files are moved to their place", async () => {
  await using folder = await temporaryFolder();
  await using hub = fakeHub(files);
  const settings = settingsOf(variables(folder.path, hub.endpoint));
  const { symlink } = Deno;
  Deno.symlink = () => Promise.reject(new Deno.errors.PermissionDenied("no links here"));
  try {
    const snapshot = await getPinned(pinned(hub.commit), settings, quick);
    assert((await Deno.lstat(join(snapshot, "pytorch_model.bin"))).isFile);
    assert.deepEqual(await missingFiles(pinned(hub.commit), settings), []);
  } finally {
    Deno.symlink = symlink;
  }
});

Deno.test("a hub with another commit, other bytes or a strange ETag is refused", async () => {
  await using folder = await temporaryFolder();
  await using hub = fakeHub(files);
  const settings = settingsOf(variables(folder.path, hub.endpoint));
  const refusal = async (headers: Record<string, string>) => {
    hub.answer = () => new Response(null, { headers: { "x-repo-commit": hub.commit, ...headers } });
    return (await rejection(getPinned(pinned(hub.commit), settings, quick))).message;
  };
  const other = "1".repeat(40);
  assert.match(
    await refusal({ "x-repo-commit": other, etag: '"a"' }),
    new RegExp(`has the commit ${other}, not ${hub.commit}: check HF_ENDPOINT`),
  );
  assert.match(await refusal({ etag: '"../../../outside"' }), /that is no Hugging Face hub/);
  assert.match(await refusal({ etag: '".."' }), /Cannot use "\.\." as an ETag/);
  assert.match(await refusal({}), /no ETag .*: that is no Hugging Face hub: check HF_ENDPOINT/);
  assert.throws(() => blobPath(settings.cache, "org/..", "a"), TypeError);
  // The small file comes as it should, the checkpoint has another checksum than the list.
  hub.answer = ({ path }) =>
    path.endsWith("model.bin")
      ? new Response(null, {
        headers: { "x-repo-commit": hub.commit, "x-linked-etag": `"${sha256(config)}"` },
      })
      : undefined;
  const { message } = await rejection(getPinned(pinned(hub.commit), settings, quick));
  assert(message.includes(`the sha256 ${sha256(config)}, not ${sha256(checkpoint)}`), message);
});

Deno.test("any repository is taken as it is now, if it has a checkpoint", async () => {
  await using folder = await temporaryFolder();
  await using hub = fakeHub({ ...files, "tf_model.h5": someBytes(2000) });
  const settings = settingsOf(variables(folder.path, hub.endpoint));
  const name = { repo: "org/clip", revision: "main" };
  const snapshot = await getFromHub(name, settings, quick);
  assert.deepEqual((await Array.fromAsync(Deno.readDir(snapshot))).length, 2);
  assert.equal(await findModel("org/clip", settings), snapshot);
  await using empty = fakeHub({ "config.json": config });
  const { message } = await rejection(
    getFromHub(name, settingsOf(variables(folder.path, empty.endpoint)), quick),
  );
  assert.match(message, /^Cannot download org\/clip: it has none of model.safetensors, pytorch_/);
});

Deno.test("a model is imported if it looks like one", async () => {
  await using folder = await temporaryFolder();
  const settings = settingsOf(variables(folder.path));
  const from = join(folder.path, "mine.bin");
  const take = async (bytes: Uint8Array<ArrayBuffer> | string, name = "mine") => {
    if (typeof bytes === "string") await Deno.writeTextFile(from, bytes);
    else await Deno.writeFile(from, bytes);
    return await importModel(from, name, settings);
  };
  const refused = async (bytes: Uint8Array<ArrayBuffer> | string, name?: string) =>
    (await rejection(take(bytes, name))).message;
  assert.match(await refused("version https://git-lfs.github.com"), /run `git lfs pull`/);
  assert.match(await refused(Uint8Array.of(128, 2, 99)), /Cannot read ".*mine.bin"/);
  assert.match(await refused("<!doctype html>"), /it is a web page, not the weights/);
  assert.match(await refused(""), /it is empty: download it again/);
  assert.match(await refused("PK\x03\x04"), /Cannot read ".*mine.bin"/);
  assert.match(await refused("PK\x03\x04", "../mine"), /a name has letters, digits/);
  assert.match(await refused("PK\x03\x04", "vit-b-32.pt"), /that is a download's name/);
  assert.match(
    (await rejection(importModel(join(folder.path, "no"), "mine", settings))).message,
    /Cannot import ".*no": no such file, and no folder/,
  );
  const tensors = Uint8Array.of(2, 0, 0, 0, 0, 0, 0, 0, 123, 125);
  const imported = await take(tensors);
  assert.equal(imported, join(settings.models, "mine"));
  assert.equal(await findModel("mine", settings), imported);
  assert.deepEqual(await Deno.readFile((await findCheckpoint(imported))!), tensors);
  assert.match(await refused(tensors), /there is a "mine" in .*: remove it, or take another name/);
  // A folder comes with its small files; a name of ours then means the imported one.
  const whole = join(folder.path, "whole");
  await Deno.mkdir(whole);
  await Deno.writeFile(join(whole, "config.json"), config);
  const archive = new URL("./golden/pytorch/bf16_protocol_4.pth", import.meta.url);
  await Deno.copyFile(archive, join(whole, "pytorch_model.bin"));
  await Deno.writeTextFile(join(whole, "notes.txt"), "not wanted");
  const second = await importModel(whole, "vit-b-16", settings);
  assert.equal(await findModel("vit-b-16", settings), second);
  assert.deepEqual(
    (await Array.fromAsync(Deno.readDir(second))).map(({ name }) => name).sort(),
    ["config.json", "model.pt"],
  );
  // So does a file that lies beside them.
  const third = await importModel(join(whole, "pytorch_model.bin"), "third", settings);
  assert.deepEqual(
    (await Array.fromAsync(Deno.readDir(third))).map(({ name }) => name).sort(),
    ["config.json", "model.pt"],
  );
  // And by path.
  assert.equal(await findModel("./whole", settings), whole);
  assert.equal(await findModel("whole", settings), whole);
  assert.equal(await findModel("nowhere", settings), undefined);
});
