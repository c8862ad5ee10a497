import assert from "node:assert/strict";
import {
  type AnyOp,
  type Device,
  type MeasuredWay,
  type Op,
  openDevice,
  record,
  Rng,
  type ScheduleStore,
  type Shader,
  type Tensor,
  Weights,
} from "../engine/mod.ts";
import { leastOf, timePlans } from "../engine/schedules/time_plans.ts";
import { attentionKernel } from "../kernels/attention/cases.ts";
import {
  type AnyKernel,
  type Case,
  caseName,
  normal,
  sketchOperands,
  tensor,
} from "../kernels/kernel.ts";
import { attentionOp } from "../kernels/attention/attention.ts";
import { matmul, packMatrix } from "../kernels/mod.ts";
import { matmulKernel } from "../kernels/matmul/cases.ts";
import { matmulOp } from "../kernels/matmul/matmul.ts";
import { panelHeights } from "../kernels/schedule.ts";
import { designs } from "./devices.ts";
import { deviceWith } from "./fakes.ts";
import { prepareCase, runCase } from "./run_case.ts";

/** A store in memory. */
class MemoryStore implements ScheduleStore {
  kept: ReadonlyMap<string, MeasuredWay> = new Map();
  loads = 0;
  saves = 0;

  load() {
    this.loads++;
    return Promise.resolve(new Map(this.kept));
  }

  save(_adapter: string, ways: ReadonlyMap<string, MeasuredWay>) {
    this.saves++;
    this.kept = new Map(ways);
    return Promise.resolve();
  }
}

const count = 2 ** 14;

const shader: Shader = {
  name: "made_up.wgsl",
  source: `
@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u) {
  if (id.x >= ${count}u) { return; }
  var sum = 0.0;
  for (var i = 0u; i < \${ROUNDS}u; i++) {
    sum += x_at(id.x);
  }
  set_y(id.x, \${TIMES}.0 * sum / \${ROUNDS}.0);
}
`,
  flags: { TIMES: [2, 3], ROUNDS: [1, 64] },
  operands: {
    x: { access: "read", element: "f32" },
    y: { access: "write", element: "f32" },
  },
};

/** What each way of the made-up operation does: times what, in how many rounds. */
const doing: Readonly<Record<string, readonly [number, number]>> = {
  usual: [2, 64],
  quick: [2, 1],
  wrong: [3, 1],
};

const asked: string[] = [];

/** Doubles numbers, slowly; a way that is quick and right, one that is quick and wrong, and one that is none. */
const op: Op<{ x: Tensor }, { names: readonly string[] }> = {
  name: "made_up",
  infer: ({ x }) => [{ shape: x.shape, dtype: "f32" }],
  describe: ({ x }) => `D=${x.shape[0]}`,
  ways: (_, { names }) => ({ names, roundings: 4096 }),
  lower({ inputs: { x }, outputs: [y], way = "usual", dispatch }) {
    asked.push(way);
    const does = doing[way];
    if (does === undefined) throw new TypeError(`Cannot run made_up by ${way}`);
    const [TIMES, ROUNDS] = does;
    dispatch({
      shader,
      flags: { TIMES, ROUNDS },
      bindings: { x, y },
      workgroups: [Math.ceil(count / 64)],
    });
  },
  cost: () => ({ flops: 1e9, bytes: 1 }),
};

async function double(device: Device, names: readonly string[]) {
  using plan = await record(device, (r) => r.apply(op, { x: r.input("x", [count]) }, { names })[0]);
  plan.write("x", Float32Array.from({ length: count }, (_, i) => i));
  plan.run();
  return await device.read(plan.outputs);
}

Deno.test("the fastest right way is measured once, kept, and used by the next plan", async () => {
  const store = new MemoryStore();
  using device = await openDevice({ schedules: store, tune: true });
  assert.equal(device.schedule.fingerprint, "default");
  const { bytesUsed } = device.pool;
  const got = await double(device, ["wrong", "quick", "no such way"]);
  assert.deepEqual([got[1], got[4095]], [2, 8190]);
  assert.equal(device.pool.bytesUsed, bytesUsed, "memory is given back");
  assert.deepEqual([...store.kept.keys()], [`made_up[D=${count}]`]);
  const [measured] = store.kept.values();
  assert.equal(measured?.way, "quick");
  assert(measured.seconds * 1.03 < measured.usualSeconds);
  assert.notEqual(device.schedule.fingerprint, "default");
  assert.equal(asked.at(-1), "quick");

  asked.length = 0;
  await double(device, ["wrong", "quick", "no such way"]);
  assert.deepEqual([asked, store.saves], [["quick"], 1], "nothing is measured again");

  using next = await openDevice({ schedules: store, tune: false });
  assert.equal(next.schedule.fingerprint, device.schedule.fingerprint);
  asked.length = 0;
  await double(next, ["quick"]);
  assert.deepEqual(asked, ["quick"]);
  asked.length = 0;
  await double(next, ["another table's"]);
  assert.deepEqual(asked, ["usual"], "a way that there is not is not taken");
});

Deno.test("a wrong way is thrown away, though it is the fastest", async () => {
  const store = new MemoryStore();
  using device = await openDevice({ schedules: store, tune: true });
  const got = await double(device, ["wrong"]);
  assert.deepEqual([got[1], got[4095]], [2, 8190]);
  assert.equal(store.kept.get(`made_up[D=${count}]`)?.way, "usual");
  assert.equal(device.schedule.fingerprint, "default");
});

Deno.test("plans are timed by timestamps, behind work on a GPU, and by the host's clock without", async () => {
  using device = await openDevice();
  const plans = await Promise.all(["usual", "quick"].map((way) =>
    record(device, (r) => {
      const x = r.input("x", [count]);
      return r.apply({ ...op, lower: (job) => op.lower({ ...job, way }) }, { x }, { names: [] })[0];
    })
  ));
  try {
    for (const adapter of [{}, { software: false }, { timestamps: false }]) {
      const times = await timePlans(deviceWith(device, { adapter }), plans);
      assert(times.length > 2);
      for (const row of times) assert(row.length === 2 && row.every((seconds) => seconds > 0));
      const [usual = NaN, quick = NaN] = leastOf(times);
      assert(quick < usual, `${JSON.stringify(adapter)}: ${quick} of ${usual}`);
    }
  } finally {
    for (const plan of plans) plan[Symbol.dispose]();
  }
});

/** As if it were measured. */
const chosen = (way: string): MeasuredWay => ({ way, seconds: 1, usualSeconds: 2 });

const product = { m: 500, k: 260, n: 70 };

/** The bits of a product by a GPU's kernels, by the ways that a store has. */
async function bitsOf(schedules?: ScheduleStore) {
  const families = designs.gpu, { m, k, n } = product;
  using device = await openDevice({ families, ...schedules && { schedules, tune: false } });
  using weights = new Weights(device);
  const rng = new Rng(3);
  const numbers = (length: number) => Float32Array.from({ length }, () => rng.normal());
  const w = await packMatrix(weights, "w", [k, n], numbers(k * n));
  using plan = await record(device, (r) => matmul(r, r.input("x", [m, k]), w));
  plan.write("x", numbers(m * k));
  plan.run();
  const { fingerprint } = device.schedule;
  return { bits: new Uint32Array((await device.read(plan.outputs)).buffer), fingerprint };
}

Deno.test("the fixed schedule is the same to the bit, and other ways have other fingerprints", async () => {
  const store = new MemoryStore(), key = "matmul[M=500,K=260,N=70,w=tile]";
  const by = (way: string) => {
    store.kept = new Map([[key, chosen(way)]]);
    return bitsOf(store);
  };
  const fixed = await bitsOf(), usual = await by("usual");
  assert.deepEqual([fixed.fingerprint, usual.fingerprint], ["default", "default"]);
  assert.deepEqual(usual.bits, fixed.bits);
  // Its layers end elsewhere in K, so that sums are added up in another order.
  const one = await by("32x64/5"), again = await by("32x64/5"), two = await by("64x64/5");
  assert.notDeepEqual(one.bits, fixed.bits);
  assert.deepEqual(one, again);
  assert.notEqual(one.fingerprint, two.fingerprint);
});

const matmulOf = (layout: "panel" | "tile", residual: boolean): Case<unknown> => ({
  inputs: {
    x: tensor([131, 259]),
    w: { kind: "packed", shape: [259, 261], store: "f32", layout, fill: scaled },
    bias: tensor([261]),
    residual: residual ? tensor([131, 261]) : undefined,
  },
  attrs: { activation: "gelu" },
});
const scaled = (rng: Rng, i: number) => normal(rng, i) / 16;
const headsOf = tensor([3, 50, 3 * 768]);
const attentionCase: Case<unknown> = {
  inputs: { q: headsOf, k: headsOf, v: headsOf },
  attrs: { heads: 12, width: 768, causal: false, qOffset: 0, kOffset: 768, vOffset: 1536 },
};

const everyWay: readonly [string, AnyKernel, AnyOp, Case<unknown>, keyof typeof designs][] = [
  ["a panel", matmulKernel, matmulOp, matmulOf("panel", false), "chosen"],
  ["a panel with a residual", matmulKernel, matmulOp, matmulOf("panel", true), "chosen"],
  ["tiles", matmulKernel, matmulOp, matmulOf("tile", true), "gpu"],
  ["attention", attentionKernel, attentionOp, attentionCase, "gpu"],
];
for (const [name, kernel, op, test, design] of everyWay) {
  Deno.test(`every way that may be chosen is right: ${name}`, async () => {
    using device = await openDevice({ families: designs[design] });
    const { adapter, schedule } = device;
    if (name.includes("panel") && adapter.lanes === 0) return console.log("left out: no panels");
    const { names } = op.ways?.(sketchOperands(test), test.attrs, adapter) ?? { names: [] };
    assert(names.length > 0);
    const prepared = prepareCase(kernel, test);
    await runCase(device, prepared);
    for (const way of names) {
      const before = schedule.fingerprint, compiled = device.pipelines.size;
      await schedule.keep(new Map([[caseName(kernel, test), chosen(way)]]));
      await runCase(device, prepared);
      assert.notEqual(schedule.fingerprint, before);
      // Each height of a panel is a kernel of its own.
      if (name.includes("panel")) assert.equal(device.pipelines.size, compiled + 1, way);
    }
  });
}

Deno.test("panels of 8 rows are for few rows alone, the other heights are all tried", () => {
  const { names = [] } = matmulOp.ways?.(
    sketchOperands(matmulOf("panel", false)) as never,
    {},
    { forced: {}, lanes: 8 } as never,
  ) ?? {};
  assert.deepEqual(
    [...names, "20"].sort(),
    panelHeights.filter((rows) => rows > 8).map(String).sort(),
  );
});

Deno.test("AUTT_TUNE is 0 or 1, and 0 keeps a GPU from measuring", async () => {
  const before = Deno.env.get("AUTT_TUNE"), store = new MemoryStore();
  const measures = async (word: string) => {
    Deno.env.set("AUTT_TUNE", word);
    using device = await openDevice({ schedules: store });
    return device.schedule.measures;
  };
  try {
    assert.deepEqual([await measures("1"), await measures("0")], [true, false]);
    await assert.rejects(measures("yes"), {
      name: "TypeError",
      message: "Cannot take AUTT_TUNE=yes: wanted 0, which measures nothing, or 1",
    });
    Deno.env.delete("AUTT_TUNE");
    using device = await openDevice({ schedules: store });
    assert.equal(device.schedule.measures, !device.adapter.software);
  } finally {
    if (before === undefined) Deno.env.delete("AUTT_TUNE");
    else Deno.env.set("AUTT_TUNE", before);
  }
});
