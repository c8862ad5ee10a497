import assert from "node:assert/strict";
import { join } from "node:path";
import { loadHead } from "../model/clip_au/load_head.ts";
import { openTensors } from "../io/tensors/open_tensors.ts";
import { toFloat32 } from "../io/tensors/stored_type.ts";
import { unit } from "../numbers/vectors.ts";
import { loadSourcePeople } from "../tta/tta_cap/source_cache_file.ts";
import { runDeno } from "./fakes.ts";
import { made, makeFaces } from "./made_up_faces.ts";

const allow = ["--allow-read", "--allow-write", "--allow-env", "--allow-ffi", "--allow-sys"];

Deno.test("train --sources keeps frames of the people who are learnt from, for infer's TTA-CaP", async (t) => {
  const folder = await makeFaces();
  const env = {
    INIT_CWD: folder,
    HF_HUB_CACHE: join(folder, "no"),
    AUTT_MODELS: join(folder, "no"),
  };
  const run = (command: string, ...args: string[]) =>
    runDeno(
      [
        ...["run", "--quiet", ...allow, "--allow-run=ffmpeg", "main.ts", command, ...args],
        ...["--model", "."],
      ],
      env,
    );
  const train = (...args: string[]) =>
    run(
      "train",
      ...["labels.txt", "--features", "features", "--stride", "1", "--frames", "8"],
      ...["--epochs", "1", "--held-out", "0.25", "--classes", "neutral,open", ...args],
    );
  try {
    await t.step("none of the people held out, and frames that were seen", async () => {
      const { code, stderr } = await train("--sources", "s.safetensors", "--centred", "1");
      assert.equal(code, 0, stderr);
      const held = /held out, of (.*)$/m.exec(stderr)?.[1]?.split(", ") ?? [];
      assert.equal(held.length, 2, stderr);
      const people = await loadSourcePeople(join(folder, "s.safetensors"));
      assert.deepEqual(people.classes, ["neutral", "open"]);
      const { v1, v2 } = people.caches;
      assert.deepEqual([v1.subjects.size, v2.subjects.size], [made.people - 2, made.people - 2]);
      const text = new TextDecoder().decode(await Deno.readFile(join(folder, "s.safetensors")));
      assert.doesNotMatch(text, /person-/);
      // Rows as they are, not centred as the head wants them; held-out people's are none of these.
      const known = await featuresOf(folder);
      const rows = [...v2.subjects.values()].flatMap(({ prototypes }) => prototypes.flat());
      assert.ok(rows.length >= 2 * v2.subjects.size, `${rows.length}`);
      for (const row of rows) assert.ok(isAmong(known, row), "a frame of some video");
      const told = (await loadHead(join(folder, "head.safetensors"))).training;
      const plain = ["--centred", "1", "--plain", "--out", "plain.safetensors"];
      const again = await train("--sources", "t.safetensors", ...plain);
      assert.equal(again.code, 0, again.stderr);
      const former = (await loadHead(join(folder, "plain.safetensors"))).training;
      assert.deepEqual([told?.centred, told?.gains], [1, [0.5, 1.3]]);
      assert.deepEqual([former?.centred, former?.gains], [1, undefined]);
      assert.deepEqual([told?.people, told?.epoch, told?.frames], [made.people - 2, 1, 8]);
      const [a, b] = await Promise.all(
        ["s", "t"].map((name) => Deno.readFile(join(folder, `${name}.safetensors`))),
      );
      assert.deepEqual(a, b, "whatever the head, the same people");
      await Deno.writeTextFile(
        join(folder, "labels.txt"),
        (await Deno.readTextFile(join(folder, "labels.txt"))).split("\n")
          .filter((line) => !held.some((name) => line.startsWith(`${name}/`))).join("\n"),
      );
      await Deno.remove(join(folder, "features"), { recursive: true });
      const without = await train("--out", "u.safetensors");
      assert.equal(without.code, 0, without.stderr);
      const others = await featuresOf(folder);
      for (const row of rows) assert.ok(isAmong(others, row), "nobody who was held out");
    });
    await t.step("infer goes by them, and takes the classes' names from them", async () => {
      const { code, stdout, stderr } = await run(
        "infer",
        ...["person-0/video-1", "--method", "tta-cap-v1", "--sources", "s.safetensors"],
        ...["--no-face-crop", "--least", "0", "--json", "o.json"],
      );
      assert.equal(code, 0, stderr);
      assert.match(stdout, /\n {2}after adapting: neutral [\d.]+ %, open [\d.]+ %/);
      const { model, before, after } = JSON.parse(
        await Deno.readTextFile(join(folder, "o.json")),
      );
      assert.deepEqual(model.sources, { path: "s.safetensors", people: made.people - 2 });
      assert.notDeepEqual(after.probabilities, before.probabilities);
    });
    await t.step(
      "places that it can't be written to are told before anything is done",
      async () => {
        const same = await train("--sources", "head.safetensors");
        assert.equal(same.code, 2, same.stderr);
        assert.match(same.stderr, /Cannot write a head and people to "head\.safetensors" both/);
        const none = await train("--sources", "nowhere/s.safetensors");
        assert.equal(none.code, 1);
        assert.match(none.stderr, /Cannot train to "nowhere\/s\.safetensors": there is no folder/);
      },
    );
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

/** Whether a row is one of some, as far as float32 tells. */
const isAmong = (some: readonly Float64Array[], row: ArrayLike<number>) =>
  some.some((one) => one.every((x, i) => Math.abs(x - (row[i] ?? NaN)) < 1e-6));

/** All frames' features that were kept, at unit length. */
async function featuresOf(folder: string): Promise<Float64Array[]> {
  const known: Float64Array[] = [];
  for (const { name } of Deno.readDirSync(join(folder, "features"))) {
    using file = await openTensors(join(folder, "features", name));
    const numbers = toFloat32("F32", await file.read("features"));
    const [frames = 0, width = 0] = file.tensors.get("features")?.shape ?? [];
    for (let frame = 0; frame < frames; frame++) {
      known.push(unit(numbers.subarray(frame * width, (frame + 1) * width)));
    }
  }
  return known;
}
