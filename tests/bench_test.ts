import assert from "node:assert/strict";
import { join } from "node:path";
import { formatModel, type ModelRow } from "../bench/models.ts";
import { type BenchReport, formatDispatches, formatRow, header } from "../bench/report.ts";
import { runDeno } from "./fakes.ts";
import { wordsOf } from "./task_permissions.ts";

/** Runs a benchmark by its task, in a folder of its own. */
async function withBench(
  body: (
    bench: (
      task: "bench" | "bench:load",
      args: readonly string[],
      env?: Record<string, string>,
    ) => ReturnType<typeof runDeno>,
    folder: string,
  ) => Promise<void>,
): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "autt-bench-test-" });
  try {
    await body(
      (task, args, env) =>
        runDeno(["run", "--quiet", "--no-prompt", ...wordsOf(task), ...args, "--quick"], {
          ...env,
          ...{ INIT_CWD: folder, TMPDIR: folder },
        }),
      folder,
    );
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

async function readReport(folder: string, name: string): Promise<BenchReport> {
  return JSON.parse(await Deno.readTextFile(join(folder, name)));
}

/** The words of a table's line: names have no blanks. */
const words = (line = "") => line.trim().split(/ {2,}| (?=%)/);

Deno.test("bench prints what it measured, writes it, and compares with it", async () => {
  await withBench(async (bench, folder) => {
    const one = ["--all", "--filter", "add[a=5,b=5]"];
    const first = await bench("bench", [...one, "--json", "one.json"]);
    assert.equal(first.code, 0, first.stderr);
    assert.match(first.stderr, /^quick: .*\nadapter: .+\nmeasuring the ceilings …\n$/);
    const before = await readReport(folder, "one.json");
    const [ceilings, head, line, ...dispatches] = first.stdout.trimEnd().split("\n");
    const { flops, bytes } = before.ceilings;
    assert.equal(
      ceilings,
      `ceilings: ${(flops / 1e9).toFixed(1)} GFLOP/s in registers, ` +
        `${(bytes / 1e9).toFixed(1)} GB/s copied`,
    );
    assert.equal(head, header(false));
    const [row] = before.rows;
    assert.ok(row && row.seconds > 0 && row.coreSeconds >= 0);
    assert.equal(line, formatRow(row, before.ceilings));
    // Five sums, of two numbers read and one written each.
    assert.deepEqual([row.name, row.cost], ["add[a=5,b=5]", { flops: 5, bytes: 60 }]);
    assert.deepEqual(dispatches, before.dispatches.map(formatDispatches));
    assert.deepEqual(before.dispatches.map(({ chained }) => chained), [false, true]);
    for (const { count, replayed, submitted } of before.dispatches) {
      assert.equal(count, 300);
      for (const { host, wall } of [replayed, submitted]) assert.ok(host > 0 && wall > 0);
    }
    assert.deepEqual(before.models, []);

    const two = ["--all", "--filter", "add[a=5", "--compare", "one.json", "--json", "two.json"];
    const second = await bench("bench", two);
    assert.equal(second.code, 0, second.stderr);
    const after = await readReport(folder, "two.json");
    assert.ok(second.stdout.includes(`\n${header(true)}\n`));
    const changes = new Map(
      second.stdout.split("\n").filter((line) => line.startsWith("add["))
        .map(words).map((cells) => [cells[0], cells.at(-1)]),
    );
    assert.deepEqual([...changes.keys()].sort(), after.rows.map(({ name }) => name).sort());
    assert.ok(changes.size > 1);
    for (const { name, seconds } of after.rows) {
      const change: string = name === row.name ? `${(seconds / row.seconds).toFixed(2)}x` : "new";
      assert.equal(changes.get(name), change, name);
    }
  });
});

Deno.test("bench runs both towers and a step of tuning in every mode, stage by stage", async () => {
  await withBench(async (bench, folder) => {
    const { code, stdout, stderr } = await bench("bench", ["--models", "--json", "models.json"]);
    assert.equal(code, 0, stderr);
    const { rows, models = [], ceilings } = await readReport(folder, "models.json");
    assert.deepEqual(rows, []);
    assert.doesNotMatch(stdout, /^kernel/m);
    assert.deepEqual(models.map(({ name }) => name.replace(/\d+ rows/, "N rows")), [
      "ViT 128x2/16@32, 3 images",
      "ViT 128x2/16@32 f16 weights, 3 images",
      "ViT 128x2/16@32, 46 prompts",
      ...["paper", "official", "subject"].map((mode) =>
        `tuning step (${mode}), 46 prompts, N rows`
      ),
    ]);
    assert.deepEqual(models.map(({ count }) => count), [3, 3, 46, 1, 1, 1]);
    for (const row of models) {
      assert.ok(stdout.includes(`\n${formatModel(row, ceilings)}\n`), row.name);
      assert.ok(row.flops > 0 && row.peakBytes > 0 && row.seconds > 0);
      const sorted = row.stages.map(({ seconds }) => seconds).sort((a, b) => b - a);
      assert.deepEqual(row.stages.map(({ seconds }) => seconds), sorted);
    }
    // Two blocks of the image tower, the last of which goes on with what is read alone.
    const [{ stages }] = models as [ModelRow];
    const steps = new Map(stages.map(({ name, steps }) => [name, steps]));
    if (steps.size > 0) {
      assert.equal(steps.get("layer_norm[rows=15,D=128]"), 4);
      assert.equal(steps.get("layer_norm[rows=3,D=128]"), 2);
    }
  });
});

Deno.test("bench refuses what is no option", async () => {
  await withBench(async (bench) => {
    const { code, stderr } = await bench("bench", ["add"]);
    assert.deepEqual([code, stderr], [
      2,
      'error: Cannot bench "add": name kernels with --filter TEXT\n',
    ]);
  });
});

Deno.test("bench:load tells time and memory of each load, and leaves no file", async () => {
  await withBench(async (bench, folder) => {
    const { code, stdout, stderr } = await bench("bench:load", ["--rounds", "2"]);
    assert.equal(code, 0, stderr);
    const [first, ...loads] = stdout.trimEnd().split("\n");
    assert.equal(first, "ViT 128x2/16@32, 2 MB of float32 in safetensors");
    assert.deepEqual(loads.map((line) => line.slice(0, 5)), ["f32: ", "f16: ", "f32: ", "f16: "]);
    for (const line of loads) {
      const [, peak, share, before] =
        /^f\d\d: \d+\.\d\d s, \d+\.\d\d core-s, peak of resident memory (\d+) MB = (\d+\.\d\d) x the file \((\d+) MB before it was opened, \d+ MB once it is loaded, \d MB of it of the device\)$/
          .exec(line)?.map(Number) ?? [];
      assert.ok(peak && share && before, line);
      assert.ok(peak >= before, line);
      assert.ok(Math.abs(peak / share - 2.46) < 0.1, line);
    }
    assert.deepEqual([...Deno.readDirSync(folder)], []);
  });
});

Deno.test("bench:load says what went wrong in its other process, and leaves no file", async () => {
  await withBench(async (bench, folder) => {
    for (const rounds of ["0", "two"]) {
      const refused = await bench("bench:load", ["--rounds", rounds]);
      assert.equal(refused.code, 2);
      assert.match(refused.stderr, new RegExp(`Cannot measure in ${rounds} rounds: wanted`));
    }
    const { code, stderr } = await bench("bench:load", ["--rounds", "1"], {
      AUTT_ADAPTER: "abacus",
    });
    assert.equal(code, 1);
    assert.match(stderr, /error: Cannot load the made-up weights: .*adapter "abacus"/s);
    assert.deepEqual([...Deno.readDirSync(folder)], []);
  });
});

const ceilings = { flops: 1e11, bytes: 1e10 };

Deno.test("a kernel's line has its rates and its share of the slower ceiling", () => {
  const row = {
    name: "k[N=1]",
    seconds: 0.02,
    coreSeconds: 0.03,
    cost: { flops: 1e9, bytes: 5e7 },
  };
  // 1e9 / 1e11 = 10 ms of computing, 5e7 / 1e10 = 5 ms of moving: half of 20 ms.
  assert.deepEqual(words(formatRow(row, ceilings)), [
    "k[N=1]",
    ...["20.000", "30.000", "50.0", "2.50", "50", "%"],
  ]);
  const moving = { ...row, cost: { flops: 0, bytes: 2e8 } };
  assert.deepEqual(words(formatRow(moving, ceilings)).slice(-3), ["10.00", "100", "%"]);
  const before: BenchReport = {
    ...{ schema: 1, date: "", adapter: "", ceilings, dispatches: [] },
    rows: [{ ...row, seconds: 0.08 }],
  };
  assert.equal(words(formatRow(row, ceilings, before)).at(-1), "0.25x");
  assert.equal(words(formatRow({ ...row, name: "other" }, ceilings, before)).at(-1), "new");
  const width = header(true).length;
  assert.equal(formatRow(row, ceilings, before).length, width);
  assert.equal(header(false).length, width - 9);
});

Deno.test("tiny dispatches are told as a share of what they cost one by one", () => {
  const cost = {
    count: 300,
    chained: true,
    replayed: { wall: 0.01, host: 0.001 },
    submitted: { wall: 0.04, host: 0.02 },
  };
  assert.equal(
    formatDispatches(cost),
    "300 tiny dispatches, each after the last, in one plan: 10.0 ms, 25 % of 40.0 ms one by one; " +
      "on the host 1.0 ms, 5 % of 20.0 ms one by one",
  );
  assert.match(formatDispatches({ ...cost, chained: false }), /^300 tiny dispatches, independent,/);
});

Deno.test("a model's line has its rate, its share of the ceiling and its stages, if they are known", () => {
  const row: ModelRow = {
    ...{ name: "a model", count: 4, seconds: 0.5, coreSeconds: 0.75, flops: 1e10 },
    ...{ peakBytes: 3 * 2 ** 20, stages: [] },
  };
  const plain = "a model: 500 ms, 0.75 core-s, 8.0 a second, 10.0 GFLOP at 20 % of the ceiling, " +
    "peak of device memory 3 MiB";
  assert.equal(formatModel(row, ceilings), plain);
  const stages = [
    { name: "matmul[a]", steps: 2, seconds: 0.3 },
    { name: "add[a]", steps: 1, seconds: 0.1 },
  ];
  const [first, ...lines] = formatModel({ ...row, stages }, ceilings).split("\n");
  assert.equal(first, `${plain}, 25.0 % of it outside matmul`);
  assert.deepEqual(lines.map(words), [
    ["matmul[a]", "2 x", "300.0 ms", "75.0", "%"],
    ["add[a]", "1 x", "100.0 ms", "25.0", "%"],
  ]);
  assert.match(formatModel({ ...row, count: 1 }, ceilings), / 2\.00 a second,/);
});
