import assert from "node:assert/strict";
import { join } from "node:path";
import { type DeviceReport, formatDevice } from "../bench/device/report.ts";
import { runDeno } from "./fakes.ts";
import { wordsOf } from "./task_permissions.ts";

const bench = (args: string[], folder: string) =>
  runDeno(["run", "--quiet", "--no-prompt", ...wordsOf("bench:device"), ...args], {
    INIT_CWD: folder,
    TMPDIR: folder,
  });

Deno.test("bench:device measures a machine from its archive alone", async () => {
  const folder = await Deno.makeTempDir({ prefix: "autt-device-test-" });
  try {
    const packed = await bench(["--pack", "bench.tar"], folder);
    assert.equal(packed.code, 0, packed.stderr);
    const archive = join(folder, "bench.tar");
    const { size } = await Deno.stat(archive);
    assert(size < 64 * 2 ** 20, `the archive has ${size} bytes`);

    const program = new URL("run_archive.ts", import.meta.url).pathname;
    const ran = await runDeno(["run", "--allow-all", program, archive, folder, "--quick"]);
    assert.equal(ran.code, 0, ran.stderr);
    assert.match(ran.stderr, /^Vulkan's loader: \/.*libvulkan\.so\.1; drivers: \/.*\.json/);
    const report: DeviceReport = JSON.parse(
      await Deno.readTextFile(join(folder, "device-bench.json")),
    );
    const page = await Deno.readTextFile(join(folder, "device-bench.md"));
    assert.equal(page, formatDevice(report));
    assert.equal(ran.stdout, `${page}\n`);

    assert.deepEqual([report.cases.failures, report.cases.left, report.leftOut], [[], 0, []]);
    assert(report.cases.passed > 50);
    assert(report.ceilings.flops > 0 && report.ceilings.bytes > 0 && report.reading > 0);
    assert.match(report.kernels[0]?.name ?? "", /^matmul\[M=64,K=64,N=64,/);
    for (const { seconds, cost } of report.kernels) assert(seconds > 0 && cost.bytes > 0);
    assert.deepEqual(report.models.map(({ name }) => name.replace(/\d+ rows/, "N rows")), [
      "ViT 128x2/16@32, 1 images",
      "ViT 128x2/16@32, 3 images",
      "ViT 128x2/16@32, 46 prompts",
      ...["paper", "official", "subject"].map((mode) =>
        `tuning step (${mode}), 46 prompts, N rows`
      ),
      "ViT 128x2/16@32 f16 weights, 3 images",
    ]);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("bench:device refuses a time that is none", async () => {
  const { code, stderr } = await bench(["--seconds", "soon"], ".");
  assert.equal(code, 2);
  assert.match(stderr, /^error: Cannot measure "soon": give seconds/);
});

Deno.test("the page of a device tells failures and what was left out", () => {
  const seconds = 2e-6, name = "add[a=5,b=5]";
  const page = formatDevice({
    schema: 1,
    date: "2026-11-26T00:00:00.000Z",
    adapter: {
      name: "a card",
      software: false,
      lanes: 0,
      probe: { broadcast: 0, workgroup: 1 },
      subgroupDirective: "",
      f16: true,
      timestamps: true,
      forced: {},
    },
    schedule: "default",
    features: [],
    limits: {},
    clock: undefined,
    opening: 0.5,
    reading: 0.01,
    cases: { passed: 1, failures: [{ name, reason: `${name}: two runs differ` }], left: 3 },
    ceilings: { flops: 1e12, bytes: 1e11 },
    kernels: [{ name, seconds, cost: { flops: 5, bytes: 100_000 } }],
    models: [],
    leftOut: ["tuning"],
  });
  assert.match(
    page,
    /Kernel cases: 1 passed, 1 failed, 3 left for want of time\.\n- add\[a=5,b=5\]: two/,
  );
  // 100 kB at 100 GB/s are 1 µs.
  assert(page.includes(`| ${name} | 2.0 | 0.0 | 50.0 | 50.0 % |`), page);
  assert.match(page, /Left for want of time: tuning\./);
});
