import assert from "node:assert/strict";
import { OnnxWriter } from "../bench/peers/clip/onnx_writer.ts";
import { runDeno } from "./fakes.ts";
import { withStandIns } from "./stand_ins/config.ts";
import { readOnnx } from "./stand_ins/read_onnx.ts";
import { runOnnx } from "./stand_ins/run_onnx.ts";

Deno.test("a model that is written in the ONNX format can be read back and run", () => {
  const w = new OnnxWriter();
  const x = w.input("x", [2, 300]);
  const weights = Float32Array.from({ length: 300 * 3 }, (_, i) => Math.sin(i));
  const y = w.node("MatMul", [x, w.floats("weights", [300, 3], weights)]);
  const z = w.node("Add", [y, w.floats("one", [], Float32Array.of(1))]);
  const parts = w.nodes("Split", [z, w.integers([2, 1])], { axis: 1, epsilon: { float: 0.5 } }, 2);
  const turned = w.node("Transpose", parts.slice(0, 1), { perm: [1, 0] });
  const end = w.node("Softmax", [turned], { axis: -1 });
  const model = readOnnx(w.finish(end, [2, 2]));
  assert.deepEqual([model.irVersion, model.operatorSet], [8, 17]);
  assert.deepEqual([...model.inputs], [["x", [2, 300]]]);
  assert.deepEqual([...model.outputs], [[end, [2, 2]]]);
  const types = model.nodes.map(({ type }) => type);
  assert.deepEqual(types, ["MatMul", "Add", "Split", "Transpose", "Softmax"]);
  assert.deepEqual(model.nodes.map(({ attributes }) => attributes), [
    ...[{}, {}, { axis: 1, epsilon: 0.5 }, { perm: [1, 0] }, { axis: -1 }],
  ]);
  assert.deepEqual(model.nodes[2]?.outputs, parts);
  assert.equal(new Set(model.nodes.flatMap(({ outputs }) => outputs)).size, 6);
  assert.deepEqual(model.constants.get("weights"), {
    shape: [300, 3],
    data: Float64Array.from(weights),
  });
  assert.deepEqual(model.constants.get("one")?.shape, []);
  const data = Float64Array.from({ length: 600 }, (_, i) => Math.cos(i));
  const found = runOnnx(model, new Map([["x", { shape: [2, 300], data }]])).get(end)?.data ?? [];
  const dot = (row: number, column: number) => {
    let sum = 1;
    for (let i = 0; i < 300; i++) sum += data[300 * row + i]! * weights[3 * i + column]!;
    return sum;
  };
  // Row c of the softmax is over the two rows of column c.
  for (const c of [0, 1]) {
    const [a, b] = [Math.exp(dot(0, c)), Math.exp(dot(1, c))];
    assert.ok(Math.abs((found[2 * c] ?? NaN) - a / (a + b)) < 1e-9);
  }
  assert.throws(
    () => w.floats("short", [2, 2], Float32Array.of(1, 2, 3)),
    /^TypeError: Cannot write "short": 3 numbers for \[2,2\]/,
  );
});

/** Runs `bench:clip` with a stand-in of onnxruntime that runs the models that it gets. */
async function benchClip(args: readonly string[], fault?: string) {
  const folder = await Deno.makeTempDir({ prefix: "autt-stand-in-" });
  try {
    return await runDeno([
      ...["run", "--quiet", "--no-prompt", ...await withStandIns(folder)],
      ...["--allow-read", "--allow-env", "bench/peers/clip/main.ts", "--quick", ...args],
    ], fault === undefined ? {} : { AUTT_STAND_IN: fault });
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** How far apart the results are, by job and contender. */
function distances(stdout: string): Map<string, number> {
  let job = "";
  const found = new Map<string, number>();
  for (const line of stdout.split("\n")) {
    job = /^(\d+ \w+) +wall s/.exec(line)?.[1] ?? job;
    const [, name, wall, , rate, ratio, apart] =
      /^(onnxruntime.*?threads) +(\S+) +(\S+) +(\S+) +(\S+)x +(\S+)$/.exec(line) ?? [];
    if (name === undefined) continue;
    assert.ok([wall, rate, ratio].every((cell) => Number(cell) >= 0), line);
    found.set(`${job}, ${name}`, Number(apart));
  }
  return found;
}

const wanted = ["3 images", "46 prompts"].flatMap((job) =>
  [1, 2].map((threads) => `${job}, onnxruntime, ${threads} threads`)
);

Deno.test("bench:clip runs the same network on both sides: results agree", async () => {
  const { code, stdout, stderr } = await benchClip(["--rounds", "1"]);
  assert.equal(code, 0, stderr);
  const apart = distances(stdout);
  assert.deepEqual([...apart.keys()], wanted);
  for (const [name, distance] of apart) assert.ok(distance < 1e-5, `${name}: ${distance}`);
  assert.match(stdout, /^ViT 128x2\/16@32\n/);
  assert.match(stdout, /\npeak of device memory: \d+ MiB\n$/);
  // Sessions that were left would be told here.
  const [quick = "", adapter = "", ...said] = stderr.trimEnd().split("\n");
  assert.match(`${quick}\n${adapter}`, /^quick: .*\nadapter: /);
  assert.deepEqual(said, [1, 2, 1, 2].map((n) => `stand-in: a session of ${n} threads`));
});

Deno.test("bench:clip shows how far apart results are that differ", async () => {
  const { code, stdout, stderr } = await benchClip(["--rounds", "1"], "wrong");
  assert.equal(code, 0, stderr);
  const apart = distances(stdout);
  assert.deepEqual([...apart.keys()], wanted);
  for (const [name, distance] of apart) assert.ok(distance > 0.1, `${name}: ${distance}`);
});

Deno.test("bench:clip refuses rounds that are none", async () => {
  const { code, stderr } = await benchClip(["--rounds", "0"]);
  assert.equal(code, 2);
  assert.match(stderr, /^error: Cannot measure in 0 rounds: wanted a whole number from 1 on\n$/);
});
