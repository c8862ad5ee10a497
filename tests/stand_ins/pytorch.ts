/**
 * Stands in for Python with PyTorch: what `bench/peers/tuning/pytorch_step.py` finds before its backward
 * pass, in float64 and plain loops, out of the same file and in the same lines of JSON. The gradient is
 * left at 1/4: tests compare it with golden numbers elsewhere.
 *
 * @module
 */
import { openTensors } from "../../io/tensors/open_tensors.ts";
import { toFloat32 } from "../../io/tensors/stored_type.ts";
import { byRow, layerNorm, product, softmax } from "./plain_math.ts";

type Numbers = Float64Array<ArrayBuffer>;

const [script = "", path = ""] = Deno.args;
if (!script.endsWith("pytorch_step.py")) throw new Error(`no such script: ${script}`);
using file = await openTensors(path);
const settings = JSON.parse(file.metadata.get("settings") ?? "{}");
const tensors = new Map<string, { shape: readonly number[]; data: Numbers }>();
for (const [name, { dtype, shape }] of file.tensors) {
  const bytes = await file.read(name);
  const data = dtype === "I32" ? new Int32Array(bytes.buffer) : toFloat32(dtype, bytes);
  tensors.set(name, { shape, data: Float64Array.from(data) });
}
const w = (name: string) => {
  const tensor = tensors.get(name);
  if (!tensor) throw new Error(`the file has no ${name}`);
  return tensor;
};

/** PyTorch keeps `[out, in]`. */
function linear(x: Numbers, weight: string, bias: string): Numbers {
  const { shape: [n = 0, k = 0], data } = w(weight), shift = w(bias).data;
  const turned = Float64Array.from(
    { length: k * n },
    (_, i) => data[(i % n) * k + (i - i % n) / n]!,
  );
  return product(x, turned, { m: x.length / k, k, n }).map((v, i) => v + shift[i % n]!);
}
const named = (x: Numbers, name: string) => linear(x, `${name}.weight`, `${name}.bias`);
const norm = (x: Numbers, name: string) =>
  layerNorm(x, w(`${name}.weight`).data, w(`${name}.bias`).data);
const plus = (a: Numbers, b: Numbers) => a.map((x, i) => x + b[i]!);
const unit = (x: Numbers, width: number) =>
  byRow(x, width, (row) => row.map((v) => v / Math.hypot(...row)));
const adapter = (x: Numbers, name: string) =>
  named(named(x, `${name}.0`).map((v) => Math.max(v, 0)), `${name}.2`);
const entropy = (logits: Numbers) => softmax(logits).reduce((sum, p) => sum - p * Math.log(p), 0);

/** Attention of one unit's positions, each to those up to itself: `[P, 3 D]` to `[P, D]`. */
function attend(qkv: Numbers, width: number, heads: number): Numbers {
  const size = width / heads,
    positions = qkv.length / (3 * width),
    y = new Float64Array(positions * width);
  const part = (which: number, position: number, head: number) =>
    qkv.subarray((3 * position + which) * width + head * size).subarray(0, size);
  for (let head = 0; head < heads; head++) {
    for (let p = 0; p < positions; p++) {
      const q = part(0, p, head);
      const scores = Float64Array.from(
        { length: p + 1 },
        (_, t) => part(1, t, head).reduce((sum, k, i) => sum + k * q[i]!, 0) / Math.sqrt(size),
      );
      for (const [t, share] of softmax(scores).entries()) {
        part(2, t, head).forEach((v, i) => y[p * width + head * size + i]! += share * v);
      }
    }
  }
  return y;
}

function block(x: Numbers, name: string, width: number): Numbers {
  const qkv = linear(
    norm(x, `${name}.ln_1`),
    `${name}.attn.in_proj_weight`,
    `${name}.attn.in_proj_bias`,
  );
  x = plus(x, named(attend(qkv, width, settings.heads), `${name}.attn.out_proj`));
  const hidden = named(norm(x, `${name}.ln_2`), `${name}.mlp.c_fc`);
  const gated = hidden.map((v) => v / (1 + Math.exp(-1.702 * v)));
  return plus(x, named(gated, `${name}.mlp.c_proj`));
}

/** The loss of a step: the entropy of the decision on the window that is most certain. */
function findLoss(): number {
  const { shape: [units = 0, positions = 0, width = 0], data: base } = w("base");
  const { shape: [, tokens = 0], data: context } = w("context");
  const { shape: [inner = 0, embedding = 0], data: projection } = w("text_projection");
  const rows = new Float64Array(units * inner);
  for (let unit = 0; unit < units; unit++) {
    let x = base.slice(unit * positions * width, (unit + 1) * positions * width);
    const own = context.subarray(unit * tokens * width, (unit + 1) * tokens * width);
    own.forEach((v, i) => x[width + i]! += v);
    for (let layer = 0; layer < settings.layers; layer++) {
      x = block(x, `transformer.resblocks.${layer}`, width);
    }
    const at = w("read_at").data[unit]! * width;
    rows.set(norm(x.slice(at, at + width), "ln_final"), unit * width);
  }
  let found = product(rows, projection, { m: units, k: width, n: embedding });
  if (settings.normalizeTexts) found = unit(found, embedding);
  const adapted = unit(adapter(found, "text_adapter"), embedding), { data: windows } = w("windows");
  const scores = (window: number) =>
    product(adapted, windows.slice(window * embedding, (window + 1) * embedding), {
      ...{ m: units, k: embedding, n: 1 },
    });
  const decide = (window: number, factor: number) =>
    entropy(adapter(scores(window).map((x) => factor * x), "temporal_classifier"));
  const choosing = Array.from(
    { length: windows.length / embedding },
    (_, window) => decide(window, settings.chooseBy === "logits" ? 5 : 1),
  );
  return decide(choosing.indexOf(Math.min(...choosing)), 5);
}

console.log(JSON.stringify({ version: "stand-in" }));
const loss = findLoss();
for await (const text of Deno.stdin.readable.pipeThrough(new TextDecoderStream())) {
  for (let line = 1; line < text.split("\n").length; line++) {
    console.log(JSON.stringify({ loss, gradient: 0.25, wall: 0.5, core: 0.25 }));
  }
}
