import assert from "node:assert/strict";
import { join } from "node:path";
import openApi from "../app/serve/openapi.json" with { type: "json" };
import { makeHandler } from "../app/serve/handler.ts";
import { aboutReader } from "../app/infer/about.ts";
import { chooseMethod, chooseParts, loadParts } from "../app/infer/choose_parts.ts";
import { demoModel } from "../demo/model.ts";
import { openReader } from "../person/open_reader.ts";
import type { VideoReader } from "../person/video_reader.ts";
import { gpuTest, sharedDevice } from "./devices.ts";
import { ffmpeg } from "./infer_folder.ts";
import { runDeno } from "./fakes.ts";

/** Videos at once, and the largest, of the server under test. */
const mostVideos = 4, mostBytes = 300_000;

/** A server with the demo's model, and what its page would send. */
async function withServer(
  action: (address: string, clip: Blob, load: { readonly most: number }) => Promise<void>,
): Promise<void> {
  const folder = await Deno.makeTempDir(), stop = new AbortController();
  try {
    const path = join(folder, "clip-autt-recording.webm");
    await ffmpeg("-i", "demo/sample/pain.mp4", "-c:v", "libvpx", "-b:v", "400k", path);
    const method = chooseMethod("paper", false), named = chooseParts(method, {}, "demo");
    const parts = await loadParts(method, named), device = await sharedDevice();
    using reader = await openReader({
      ...{ device, model: demoModel, entry: method.entry, ...parts, enrolment: undefined },
      ...{ onePerson: false, faces: "find" },
    });
    const load = countReadings(reader);
    const handler = makeHandler({
      ...{ reader, about: await aboutReader(reader, { ...named, method }, parts) },
      ...{ mostBytes, mostVideos, mostSeconds: 60, every: 4, leastProbability: 0.6 },
      ...{ token: undefined, origins: ["https://page.example"], loopback: true },
      ...{ ffmpeg: undefined, signal: stop.signal },
    });
    const server = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen: () => {} }, handler);
    try {
      const bytes = await Deno.readFile(path);
      await action(
        `http://127.0.0.1:${server.addr.port}`,
        new Blob([bytes], { type: "video/webm" }),
        load,
      );
    } finally {
      await server.shutdown();
    }
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** Counts how many videos a reader reads at once, at most: what memory grows with. */
function countReadings(reader: VideoReader): { readonly most: number } {
  const load = { most: 0 }, read = reader.read.bind(reader);
  let active = 0;
  reader.read = async function* (...args) {
    load.most = Math.max(load.most, ++active);
    try {
      yield* read(...args);
    } finally {
      active--;
    }
  };
  return load;
}

/** The form that the authors' page sends, with changes. */
function formOf(clip: Blob, changes: Readonly<Record<string, string | undefined>> = {}): FormData {
  const form = new FormData();
  form.append("video", clip, "clip-autt-recording.webm");
  const fields = { model: "pain", labels: JSON.stringify(["Pain", "Neutral"]), ...changes };
  for (const [name, value] of Object.entries(fields)) {
    if (value !== undefined) form.append(name, value);
  }
  return form;
}

const predict = (address: string, body: BodyInit, headers: HeadersInit = {}) =>
  fetch(`${address}/api/predict`, { method: "POST", body, headers });

gpuTest("the authors' page gets the fields that it reads, and v1 the JSON of infer", async () => {
  await withServer(async (address, clip) => {
    const reply = await predict(address, formOf(clip));
    assert.equal(reply.status, 200);
    const { label, scores, message } = await reply.json();
    assert.equal(label, "Pain");
    assert.deepEqual(Object.keys(scores), ["Pain", "Neutral"]);
    assert(Math.abs(scores.Pain + scores.Neutral - 1) < 1e-6 && scores.Pain > 0.9);
    assert.equal(typeof message, "string");

    const whole = await fetch(`${address}/v1/infer`, { method: "POST", body: formOf(clip) });
    const json = await whole.json();
    assert.equal(json.schema, "autt.infer");
    assert.equal(json.after.class, "pain");
    assert(Math.abs(json.after.probabilities.pain - scores.Pain) < 1e-6);

    // Observing claims no expression.
    const units = await fetch(`${address}/v1/observe`, { method: "POST", body: formOf(clip) });
    const observed = await units.json();
    assert.equal(units.status, 200);
    assert.deepEqual([observed.after, observed.abstained, observed.method.mode], [
      null,
      null,
      "observe",
    ]);
    assert.equal(observed.frames_with_face, json.frames_with_face);

    // A page that was allowed may read the answer, after asking.
    const headers = { origin: "https://page.example" };
    const asked = await fetch(`${address}/api/predict`, { method: "OPTIONS", headers });
    assert.equal(asked.status, 204);
    assert.equal(asked.headers.get("access-control-allow-origin"), headers.origin);
    await asked.body?.cancel();

    // The description is the one that is served, and names every address.
    assert.deepEqual(await (await fetch(`${address}/v1/openapi.json`)).json(), openApi);
    for (const [path, methods] of Object.entries(openApi.paths)) {
      const wrong = await fetch(`${address}${path}`, { method: "DELETE" });
      assert.equal(wrong.status, 405);
      const { message } = await wrong.json();
      assert.equal(
        message,
        `Cannot DELETE ${path}: wanted ${Object.keys(methods).join(", ").toUpperCase()}`,
      );
    }
  });
});

gpuTest("bad requests get an error in JSON with its status, and the server goes on", async () => {
  await withServer(async (address, clip) => {
    const text = new Blob(["this is no video"]), large = new Blob([new Uint8Array(400_000)]);
    const faceless = formOf(clip);
    faceless.set("video", "not a file");
    const wall = await Deno.makeTempFile({ suffix: ".webm" });
    await ffmpeg("-f", "lavfi", "-i", "color=gray:s=160x120:d=4:r=4", "-c:v", "libvpx", wall);
    const unseen = new Blob([await Deno.readFile(wall)]);
    await Deno.remove(wall);
    const multipart = { "content-type": "multipart/form-data; boundary=x" };
    const bad: readonly [number, RegExp, () => Promise<Response>][] = [
      [404, /^Cannot find \/api\/nothing/, () => fetch(`${address}/api/nothing`)],
      [405, /^Cannot GET/, () => fetch(`${address}/api/predict`)],
      [415, /wanted multipart/, () => predict(address, "{}", { "content-type": "text/plain" })],
      [
        400,
        /^Cannot (read the form|find the video)/,
        () => predict(address, "--x\r\nnothing", multipart),
      ],
      [400, /in the field "video"/, () => predict(address, faceless)],
      [400, /it is empty/, () => predict(address, formOf(new Blob([])))],
      [413, /at most 0.3 MB/, () => predict(address, formOf(large))],
      [400, /by model "joy"/, () => predict(address, formOf(clip, { model: "joy" }))],
      [400, /by model nothing/, () => predict(address, formOf(clip, { model: undefined }))],
      [400, /read "labels"/, () => predict(address, formOf(clip, { labels: "[Pain" }))],
      [
        422,
        /decides between neutral, pain/,
        () => predict(address, formOf(clip, { labels: '["Stress","Neutral"]' })),
      ],
      [422, /^Cannot decode "the video": it is no video/, () => predict(address, formOf(text))],
      [422, /no answer: no face was seen/, () => predict(address, formOf(unseen))],
      [
        403,
        /a page of https:\/\/evil.example/,
        () => predict(address, formOf(clip), { origin: "https://evil.example" }),
      ],
    ];
    for (const [status, wanted, ask] of bad) {
      const reply = await ask();
      assert.equal(reply.headers.get("content-type"), "application/json");
      const { error, message } = await reply.json();
      assert.match(message, wanted);
      assert.equal(reply.status, status, message);
      assert.deepEqual(error, { status, message });
    }
    const still = await predict(address, formOf(clip));
    assert.equal(still.status, 200);
    await still.body?.cancel();
  });
});

gpuTest("of 50 requests at once none is lost: an answer, or 503 beyond the limit", async () => {
  await withServer(async (address, clip, load) => {
    const replies = await Promise.all(
      Array.from({ length: 50 }, async () => {
        const reply = await predict(address, formOf(clip));
        return {
          status: reply.status,
          retry: reply.headers.get("retry-after"),
          body: await reply.json(),
        };
      }),
    );
    const told = replies.filter(({ status }) => status === 200);
    const refused = replies.filter(({ status }) => status === 503);
    assert(told.length >= mostVideos, `${told.length} answers`);
    assert.equal(told.length + refused.length, 50);
    assert(load.most >= 1 && load.most <= mostVideos, `${load.most} videos were read at once`);
    assert(refused.every(({ retry }) => retry === "5"));
    assert.equal(new Set(told.map(({ body }) => JSON.stringify(body))).size, 1);
  });
});

Deno.test("beyond this machine serve wants a token, and refuses whoever lacks it", async () => {
  const { code, stderr } = await runDeno([
    ...["run", "--quiet", "--allow-env", "--allow-read", "main.ts", "serve"],
    ...["--model", "demo", "--host", "0.0.0.0"],
  ]);
  assert.equal(code, 2);
  assert.match(stderr, /^error: Cannot listen for other machines without a token/);
  const { checkAccess } = await import("../app/serve/access.ts");
  const access = { token: "a token of letters", origins: [], loopback: false };
  const ask = (headers: HeadersInit) =>
    checkAccess(new Request("http://10.0.0.1/v1/infer", { headers }), access);
  assert.throws(() => ask({}), { status: 401 });
  assert.throws(() => ask({ authorization: "Bearer a token of lettern" }), { status: 401 });
  ask({ authorization: "Bearer a token of letters" });
  const renamed = new Request("http://rebound.example/v1/infer");
  assert.throws(() => checkAccess(renamed, { ...access, loopback: true }), { status: 403 });
});
