import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { encodeHead, readHead } from "../model/clip_au/head_file.ts";
import { loadHead } from "../model/clip_au/load_head.ts";
import { openSafetensors } from "../io/tensors/safetensors.ts";
import { demoHead, demoModel } from "../demo/model.ts";
import { bytesSource } from "../io/files/byte_source.ts";
import { openFrames } from "../media/video/open_frames.ts";
import { openReader } from "../person/open_reader.ts";
import { methods } from "../tta/methods/mod.ts";
import { gpuTest, sharedDevice } from "./devices.ts";
import { rejection } from "./fakes.ts";

/** Somebody at rest whose face looks like pain to a head that does not know them. */
const unusual = fileURLToPath(new URL("../demo/sample/unusual_rest.mp4", import.meta.url));

async function decided(name: string) {
  using reader = await openReader({
    device: await sharedDevice(),
    model: demoModel,
    entry: methods.find((entry) => entry.name === name) ?? assert.fail(),
    head: await loadHead(demoHead),
    classes: ["neutral", "pain"],
    sources: undefined,
    onePerson: false,
    faces: "find",
    enrolment: undefined,
  });
  const read = () => Array.fromAsync(reader.read(() => openFrames(unusual, { every: 2 })));
  const [{ analysis } = assert.fail()] = await read();
  const [{ analysis: again } = assert.fail()] = await read();
  assert.deepEqual(again.adaptation?.after, analysis.adaptation?.after, "each video begins anew");
  const { before, after } = analysis.adaptation ?? assert.fail();
  const pain = (answer: typeof after) => answer.probabilities[1] ?? NaN;
  return { before: pain(before), after: pain(after), rest: analysis.rest };
}

gpuTest("a resting face that looks like pain is known for one once it is found", async () => {
  const { before, after, rest } = await decided("rest");
  assert.ok(before > 0.6, `before: pain ${before}`);
  assert.ok(after < 0.4, `after: pain ${after}`);
  assert.deepEqual(rest, { from: "found", frames: 60 });
});

gpuTest("a method that adapts to nobody does not find a resting face either", async () => {
  const { after, rest } = await decided("clip-au");
  assert.ok(after > 0.6, `pain ${after}`);
  assert.deepEqual(rest, { from: "average" });
});

Deno.test("a head keeps how people rest; one that lost a part of it is refused", async () => {
  const head = await loadHead(demoHead);
  const read = async (bytes: Uint8Array<ArrayBuffer>) =>
    await readHead(await openSafetensors(bytesSource("head", bytes)));
  const { rest } = await read(encodeHead(head));
  assert.deepEqual(rest, head.rest);
  assert.equal((await read(encodeHead({ ...head, rest: undefined }))).rest, undefined);
  const finder = head.rest ?? assert.fail();
  const broken = encodeHead({ ...head, rest: { ...finder, frames: 0 } });
  assert.match((await rejection(read(broken))).message, /what it takes to find a resting face/);
});
