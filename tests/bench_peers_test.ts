import assert from "node:assert/strict";
import { compare } from "../bench/peers/compare.ts";
import { importPackage } from "../bench/peers/import_package.ts";
import {
  loadOpenBlas,
  type OpenBlasLibrary,
  openOpenBlas,
  openOpenBlasPeer,
} from "../bench/peers/openblas.ts";
import {
  asPeer,
  type Library,
  type Peer,
  randomOperands,
  sampleError,
  type Shape,
} from "../bench/peers/peer.ts";
import { rejection, runDeno } from "./fakes.ts";
import { withStandIns } from "./stand_ins/config.ts";
import { product } from "./stand_ins/plain_math.ts";

/** Runs `bench:peers` with the stand-ins of packages. */
async function benchPeers(args: readonly string[], fault?: string) {
  const folder = await Deno.makeTempDir({ prefix: "autt-stand-in-" });
  try {
    return await runDeno([
      ...["run", "--quiet", "--no-prompt", ...await withStandIns(folder)],
      ...["--allow-read", "--allow-env", "bench/peers/main.ts", "--quick", ...args],
    ], fault === undefined ? {} : { AUTT_STAND_IN: fault });
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** The table's rows: product, peer and figures. */
function rowsOf(stdout: string) {
  const [head = "", ...lines] = stdout.slice(stdout.indexOf("m x k x n")).trimEnd().split("\n");
  assert.match(head, /core-s +wall s +GFLOP\/core-s +max error +autt is$/);
  return lines.map((line) => {
    const [, shape, peer, figures = ""] = /^(\d+ x \d+ x \d+) +(\S+) +(.*)$/.exec(line) ?? [];
    const cells = figures.split(/ +/);
    assert.equal(cells.length, 5, line);
    assert.match(cells[4] ?? "", /^\d+\.\d\dx$/);
    return { shape, peer, error: Number(cells[3]), ratio: cells[4] };
  });
}

const packages = ["--only", "tfjs-webgpu", "--only", "jax-js-webgpu"];

Deno.test("bench:peers has every peer in its table, which agree with float64", async () => {
  const { code, stdout, stderr } = await benchPeers(packages);
  assert.equal(code, 0, stderr);
  // Tensors and arrays that were left would be told here.
  assert.match(stderr, /^quick: .*\nadapter: .*\n$/);
  assert.match(stdout, /^tfjs-webgpu 4\.22\.0 on a stand-in's webgpu\njax-js-webgpu 0\.1\.25 on a/);
  const rows = rowsOf(stdout);
  assert.deepEqual(
    rows.map(({ shape, peer }) => [shape, peer]),
    ["8 x 12 x 20", "9 x 16 x 4"].flatMap((shape) =>
      ["autt", "tfjs-webgpu", "jax-js-webgpu"].map((peer) => [shape, peer])
    ),
  );
  for (const { peer, error, ratio } of rows) {
    assert.ok(error < 1e-5, `${peer}: ${error}`);
    if (peer === "autt") assert.equal(ratio, "1.00x");
  }
});

Deno.test("bench:peers shows whose product is wrong", async () => {
  const { code, stdout, stderr } = await benchPeers(packages, "wrong");
  assert.equal(code, 0, stderr);
  for (const { peer, error } of rowsOf(stdout)) {
    assert.ok(peer === "autt" ? error < 1e-5 : Math.abs(error - 1) < 1e-5, `${peer}: ${error}`);
  }
});

Deno.test("bench:peers goes on without peers that can't be opened, and says what is missing", async () => {
  const { code, stdout, stderr } = await benchPeers([], "without webgpu");
  assert.equal(code, 0, stderr);
  assert.deepEqual(rowsOf(stdout).map(({ peer }) => peer), ["autt", "autt"]);
  // It may not load libraries either.
  assert.match(stderr, /^openblas: Cannot open the peer openblas: .* run with --allow-ffi$/m);
  assert.match(stderr, /^tfjs-webgpu: .* could not start its backend "webgpu"; install a Vulkan/m);
  assert.match(stderr, /^jax-js-webgpu: .* has only cpu, wasm, not "webgpu"; install a Vulkan/m);
});

Deno.test("a package that can't be imported is told in a sentence", async () => {
  const error = await rejection(importPackage("abacus", "file:///nowhere/abacus.ts"));
  assert.match(
    error.message,
    /^Cannot open the peer abacus: importing file:\/\/\/nowhere\/abacus\.ts failed \(Module not found .*\); run once where the npm registry can be reached/,
  );
  assert.doesNotMatch(error.message, /\n/);
  assert.ok(error.cause);
});

const shape: Shape = { m: 5, k: 7, n: 3 };

Deno.test("a sample's error is the largest, at the last element too, and NaN counts", () => {
  // Far more elements than are sampled.
  const shape: Shape = { m: 90, k: 3, n: 80 };
  const operands = randomOperands(shape), right = product(operands.a, operands.b, shape);
  const exact = Float32Array.from(right);
  assert.ok(sampleError(operands, exact) < 1e-6);
  const off = exact.with(exact.length - 1, (exact.at(-1) ?? NaN) + 2);
  assert.ok(Math.abs(sampleError(operands, off) - 2) < 1e-6);
  assert.equal(sampleError(operands, exact.with(exact.length - 1, NaN)), NaN);
  assert.ok(sampleError(operands, exact.map((x, i) => x + (i % 2 ? 3 : 0))) > 2.9);
  assert.throws(
    () => sampleError(operands, new Float32Array(16)),
    /^RangeError: Cannot check a product: got 16 elements, wanted 90 x 80 = 7200/,
  );
});

Deno.test("a peer prepares operands once for each shape, and lets go of all of them", async () => {
  const said: string[] = [];
  const library: Library = {
    ...{ name: "made up", version: "1" },
    prepare({ shape, a, b }) {
      said.push(`prepare ${shape.m}`);
      if (shape.k === 1) throw new Error("too thin");
      return {
        run: (iterations) => Promise.resolve(void said.push(`run ${iterations}`)),
        read: () => Promise.resolve(Float32Array.from(product(a, b, shape))),
        [Symbol.dispose]: () => void said.push(`let go of ${shape.m}`),
      };
    },
    close: () => void said.push("close"),
  };
  {
    await using peer = asPeer(library);
    assert.ok(await peer.check(shape) < 1e-6);
    await peer.matmul({ ...shape }, 3);
    await peer.matmul({ ...shape, m: 6 }, 1);
    assert.match((await rejection(peer.check({ ...shape, k: 1 }))).message, /too thin/);
    await peer.matmul({ ...shape, m: 6 }, 1);
  }
  assert.deepEqual(said, [
    ...["prepare 5", "run 3", "let go of 5", "prepare 6", "run 1", "let go of 6", "prepare 5"],
    ...["prepare 6", "run 1", "let go of 6", "close"],
  ]);
});

Deno.test("peers take turns at each shape, checked before they are timed", async () => {
  const said: string[] = [];
  const peer = (name: string): Peer => ({
    ...{ name, version: "1" },
    check: ({ m }) => Promise.resolve(said.push(`${name} checks ${m}`)),
    async matmul({ m }, iterations) {
      assert.ok(iterations >= 1);
      if (said.at(-1) !== `${name} runs ${m}`) said.push(`${name} runs ${m}`);
      await new Promise((resolve) => setTimeout(resolve, 1));
    },
    [Symbol.asyncDispose]: () => Promise.resolve(),
  });
  const outcomes = await Array.fromAsync(
    compare([peer("a"), peer("b")], [shape, { ...shape, m: 6 }], 0.01),
  );
  assert.deepEqual(
    said,
    [5, 6].flatMap((m) =>
      ["a", "b"].flatMap((name) => [`${name} checks ${m}`, `${name} runs ${m}`])
    ),
  );
  for (const { shape: { m, k, n }, coreSeconds, wallSeconds, gflopPerCoreSecond } of outcomes) {
    assert.ok(wallSeconds > 0);
    assert.equal(gflopPerCoreSecond, 2e-9 * m * k * n / coreSeconds);
  }
  assert.deepEqual(outcomes.map(({ maxError }) => maxError), [1, 3, 5, 7]);
});

/** Stands in for the library: it computes what OpenBLAS would, and knows two texts by their places. */
function fakeOpenBlas(config: string, said: string[]): OpenBlasLibrary {
  const texts = [config, "Abacus"];
  const at = (place: number) => Deno.UnsafePointer.create(BigInt(place + 1));
  const symbols = {
    openblas_set_num_threads: (threads: number) => void said.push(`${threads} threads`),
    openblas_get_config: () => at(0),
    openblas_get_corename: () => at(1),
    strncpy(to: Uint8Array, from: Deno.PointerValue, most: bigint) {
      const text = texts[Number(Deno.UnsafePointer.value(from)) - 1] ?? "";
      new TextEncoder().encodeInto(text, to.subarray(0, Number(most)));
      return from;
    },
    cblas_sgemm(...args: readonly unknown[]) {
      const [order, turnA, turnB, m, n, k, alpha, a, aRow, b, bRow, beta, c, cRow] = args;
      assert.deepEqual([order, turnA, turnB, alpha, beta], [101, 111, 111, 1, 0]);
      assert.deepEqual([aRow, bRow, cRow], [k, n, n]);
      const shape = { m, k, n } as Shape;
      (c as Float32Array).set(product(a as Float32Array, b as Float32Array, shape));
    },
  };
  return {
    symbols: symbols as unknown as OpenBlasLibrary["symbols"],
    close: () => void said.push("closed"),
  };
}

Deno.test("OpenBLAS runs on one thread, tells its version, and gets operands that fit", async () => {
  const said: string[] = [];
  {
    const sgemm = openOpenBlas(fakeOpenBlas("OpenBLAS 0.3.99 DYNAMIC_ARCH", said));
    await using peer = await openOpenBlasPeer(sgemm);
    assert.deepEqual(said, ["1 threads"]);
    assert.equal(peer.version, "0.3.99 for Abacus");
    assert.ok(await peer.check(shape) < 1e-6);
    await peer.matmul(shape, 2);
    const four = new Float32Array(4);
    assert.throws(
      () => sgemm?.multiply(four, four, four, { m: 2, k: 2, n: 3 }),
      /^RangeError: Cannot multiply 2 x 2 x 3: got 4, 4 and 4 elements; pass 4, 6 and 6/,
    );
  }
  assert.deepEqual(said, ["1 threads", "closed"]);
  using other = openOpenBlas(fakeOpenBlas("no number", said));
  assert.equal(other?.version, "of unknown version for Abacus");
});

Deno.test("a library that is not here, or not OpenBLAS, is passed over", () => {
  const none = ["/nowhere/libopenblas.so.0", new URL(import.meta.url).pathname];
  assert.equal(loadOpenBlas(none), undefined);
});
