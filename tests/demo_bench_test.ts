import assert from "node:assert/strict";
import { join } from "node:path";
import { madeUpClip } from "../bench/made_up_clip.ts";
import { type Role, roleName, sources, targets } from "../demo/dataset/cast.ts";
import { drawnFolder } from "../demo/dataset/drawn_features.ts";
import { drawPeople, runSeed, type RunTools } from "../bench/personal/run_seed.ts";
import { runStreams, type Stream } from "../bench/personal/run_streams.ts";
import type { BenchmarkSize } from "../demo/dataset/cast.ts";
import { formatTable, tableOf } from "../bench/personal/table.ts";
import { demoModel } from "../demo/model.ts";
import { drawingVersion } from "../demo/drawing/version.ts";
import { Rng } from "../engine/mod.ts";
import { encodeSafetensors } from "../io/tensors/write_safetensors.ts";
import { Clip, type ClipOptions } from "../model/clip/clip.ts";
import type { ClipConfig } from "../model/clip/config.ts";
import { loadClip } from "../model/clip/load_clip.ts";
import { gpuTest, sharedDevice } from "./devices.ts";
import { rejection } from "./fakes.ts";

const size: BenchmarkSize = {
  ...{ sources: 14, sourceClips: 4, targets: 2, targetClips: 8, seeds: [1, 2], draws: 2 },
};
const few: Stream = { name: "few", design: "style", painClips: 1 };
const mild: Stream = { name: "mild", design: "mild", painClips: Infinity };
const width = 48, frames = 3;

/** Everyone whom the streams ask for. */
const roles: readonly Role[] = [few, mild].flatMap(({ design }) => [
  ...sources(design, size.sources, size.sourceClips),
  ...size.seeds.flatMap((seed) => targets(design, seed, size.targets, size.targetClips)),
]);

/** Features as if somebody had been drawn before: each person's own, and pain at the fifth number. */
function madeUpFeatures({ seed, number, clips }: Role): Float32Array<ArrayBuffer> {
  const rng = new Rng(100 * seed + number);
  const own = Float32Array.from({ length: width }, () => rng.normal());
  return Float32Array.from({ length: clips * frames * width }, (_, i) => {
    const pain = Math.floor(i / (frames * width)) % 2 === 1 && i % width === 5;
    return (own[i % width] ?? NaN) + 0.1 * rng.normal() + (pain ? 9 : 0);
  });
}

/** The sizes of a model that takes little, and knows the words of another one. */
function smallest({ image, text }: ClipConfig): ClipConfig {
  const sizes = { width: 64, layers: 1, heads: 1 };
  return {
    image: { ...image, ...sizes },
    text: { ...text, ...sizes },
    ...{ embedding: width, activation: "quick_gelu" },
  };
}

/** A benchmark on a small model, for which everyone is drawn already. */
async function withDrawn(
  body: (tools: RunTools, said: string[], pathOf: (role: Role) => string) => Promise<void>,
): Promise<void> {
  const device = await sharedDevice(), folder = await Deno.makeTempDir({ prefix: "autt-drawn-" });
  try {
    using demo = await loadClip(device, demoModel);
    const open = async (options: ClipOptions) =>
      (await Clip.load(device, madeUpClip(smallest(demo.config)), options))
        .withTokenizer(demo.tokenizer);
    using clip = await open({ tunable: true });
    using mirrored = await open({ mirrored: true });
    const model = (await clip.fingerprint()).slice(0, 12);
    const pathOf = (role: Role, kind = "") =>
      join(folder, `${roleName(role)}-${drawingVersion}-${model}${kind}.safetensors`);
    for (const role of roles) {
      const data = madeUpFeatures(role), shape = [data.length / width, width];
      const turned = data.map((x) => -x); // as no other: nothing else may be read for it
      for (const [kind, some] of [["", data], ["-mirrored", turned]] as const) {
        await Deno.writeFile(
          pathOf(role, kind),
          encodeSafetensors({ features: { dtype: "F32", shape, data: some } }),
        );
      }
    }
    const said: string[] = [];
    await body(
      { device, clip, mirrored, folder, size, say: (text) => void said.push(text) },
      said,
      pathOf,
    );
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** Runs streams on the one device that there is. */
function runHere(tools: RunTools, some: readonly Stream[]): ReturnType<typeof runStreams> {
  return runStreams({
    seeds: tools.size.seeds,
    signal: tools.signal,
    prepare: (task, signal) => drawPeople({ ...tools, signal }, task),
    run: (task, signal) => runSeed({ ...tools, signal }, task),
  }, some);
}

gpuTest("methods that see mirror images are run where a stream names them", async () => {
  await withDrawn(async (tools) => {
    const only = ["rest, causal, mirrored", "rest, causal", "enrolled with 3, mirrored"];
    const all = await runHere(tools, [{ ...few, only }]);
    const rows = [...all.values()].flat();
    assert.deepEqual(rows.map(({ method }) => method).sort(), only.toSorted());
    for (const { method, people } of rows) {
      assert.ok(people.every(({ labels }) => labels.join() === "1,0"), method);
    }
  });
});

gpuTest("the demo's benchmark has every method decide on every clip", async () => {
  await withDrawn(async (tools, said) => {
    const all = await runHere(tools, [few]);
    assert.deepEqual([...all.keys()], [few]);
    for (const [{ name: stream }, results] of all) {
      const rows = new Map(results.map(({ method, people }) => [method, people]));
      assert.equal(rows.size, results.length, "a name twice");
      for (const [method, people] of rows) {
        assert.deepEqual(
          people.map(({ seed, person }) => [seed, person]),
          [[1, 0], [1, 1], [2, 0], [2, 1]],
          method,
        );
        for (const person of people) {
          // Of eight clips three neutral ones are for enrolment: 6 is left, and one of pain, 1.
          assert.deepEqual(person.labels, [1, 0], method);
          assert.equal(person.decided.length, person.labels.length, method);
          assert.ok(person.decided.every((label) => label === 0 || label === 1), method);
        }
      }
      const wrong = (method: string) =>
        rows.get(method)?.map(({ labels, decided }) =>
          decided.filter((label, i) => label !== labels[i]).length
        ) ?? [];
      const neutral = rows.get("always neutral") ?? [];
      assert.ok(neutral.every(({ decided }) => !decided.includes(1)));
      // What tells pain is plain to see: a probe finds it, and so does whoever knows the answers.
      assert.deepEqual(wrong("linear probe"), [0, 0, 0, 0]);
      const plain = wrong("CLIP-AU");
      wrong("oracle: best threshold of each").forEach((count, i) => assert.ok(count <= plain[i]!));
      const names = [...rows.keys()];
      for (const mode of ["official", "paper", "subject"]) {
        assert.ok(
          names.includes(`CLIP-AUTT ${mode}`) && names.includes(`enrolled with 3, ${mode}`),
        );
      }
      assert.equal(names.filter((name) => name.endsWith("not tuned")).length, size.draws);

      const table = tableOf(results);
      const row = (name: string) => table.find(({ method }) => method === name);
      assert.equal(row("always neutral")?.recall, 50);
      assert.equal(row("linear probe")?.recall, 100);
      assert.equal(row("CLIP-AU")?.gain, undefined);
      const gain = row("linear probe")?.gain?.mean ?? NaN;
      assert.ok(Math.abs(gain - (100 - (row("CLIP-AU")?.recall ?? NaN))) < 1e-9);
      const text = formatTable(stream, table);
      assert.ok(
        text.includes(`### ${stream}\n`) && text.includes("| linear probe | 100.0 ± 0.0 |"),
      );
      assert.match(
        text,
        /\nDrawn contexts of the official form, not tuned: [\d.]+ to [\d.]+\.\n/,
      );
    }
    for (const seed of size.seeds) {
      assert.ok(said.includes(`training heads of seed ${seed} (style)`));
      assert.ok(said.includes(`few: seed ${seed}, CLIP-AUTT paper`));
    }
    assert.ok(said.includes("14 of 14 people to learn from (style) drawn"));
  });
});

gpuTest("the demo's benchmark ends with the first error, and with its signal", async () => {
  await withDrawn(async (tools, said, pathOf) => {
    assert.equal((await runHere(tools, [])).size, 0);
    const stop = new AbortController(), reason = new Error("enough");
    const stopped = rejection(runHere({
      ...tools,
      signal: stop.signal,
      say: (text) => /training/.test(text) && stop.abort(reason),
    }, [few, mild]));
    assert.equal(await stopped, reason);
    const broken = pathOf(sources("mild", 1, size.sourceClips)[0] as Role);
    await Deno.writeFile(broken, new Uint8Array(100));
    said.length = 0;
    const oneEach = { ...tools, size: { ...size, seeds: [1] } }; // so both begin at once
    const error = await rejection(runHere(oneEach, [few, mild]));
    assert.match(error.message, /^Cannot /);
    assert.ok(error.message.includes(broken), error.message);
    assert.ok(!said.some((text) => /CLIP-AU$/.test(text)), "the other stream went on");
  });
});

Deno.test("drawn people's features are kept beside models, wherever these are", async () => {
  const script = `import { drawnFolder } from "./demo/dataset/drawn_features.ts";
console.log(drawnFolder());`;
  const { stdout } = await new Deno.Command("deno", {
    args: ["eval", script],
    env: { NO_COLOR: "1", AUTT_MODELS: "/somewhere/models" },
    cwd: new URL("..", import.meta.url),
  }).output();
  assert.equal(new TextDecoder().decode(stdout), `${join("/somewhere", "drawn")}\n`);
  assert.match(drawnFolder(), /drawn$/);
});
