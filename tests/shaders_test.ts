import "../engine/deno_host.ts";
import assert from "node:assert/strict";
import { expandShader, type Flag, openDevice, type Shader, shaderVariants } from "../engine/mod.ts";
import { evaluateSize } from "../engine/reflect.ts";
import { dumpVariants, settle, shaders } from "./variants.ts";

const describe = (flags: Readonly<Record<string, Flag>>) =>
  Object.entries(flags).map(([name, value]) => `${name}=${value}`).join(" ");

for (const { owner, shader } of shaders) {
  Deno.test(`every variant of ${owner}/${shader.name} expands, and stays within what all devices have`, () => {
    const variants = shaderVariants(shader);
    assert(variants.length > 0, "all variants are excluded");
    const seen = new Set<string>();
    for (const flags of variants) {
      const { code, reflection, constants } = settle(shader, flags, "");
      const where = `${shader.name} with ${describe(flags)}`;
      assert(!seen.has(code), `${where} is the same as another variant`);
      seen.add(code);
      assert(!/\$\{|^\s*#/m.test(code), `${where} has directives left`);
      const text = code.replace(/\/\/[^\n]*/g, "");
      const nan = text.match(
        /(?<![\w.\])])([A-Za-z_]\w*(?:\.\w+|\[\w+\])*)\s*[!=]=\s*\1(?![\w.[(])/,
      );
      assert.equal(nan, null, `${where} looks for NaN with "${nan?.[0]}": that is always false`);
      assert(!/@group\((?!0\))/.test(text), `${where} uses a second bind group`);
      assert.equal(
        reflection.bindings.length,
        [...text.matchAll(/@binding\(/g)].length,
        `${where} has bindings that the engine does not understand`,
      );
      const names = { ...reflection.constants, ...constants };
      const bytes = reflection.workgroupArrays.reduce(
        (sum, array) => sum + array.bytes * evaluateSize(array.length, names),
        0,
      );
      assert(bytes <= 16384, `${where} uses ${bytes} bytes of workgroup memory`);
      assert.equal(
        reflection.workgroupArrays.length,
        [...text.matchAll(/var\s*<\s*workgroup\b/g)].length,
        `${where} has workgroup memory that the engine does not count`,
      );
    }
  });
}

/** Fewer variants in which every pair of flag values that occurs together still does so once. */
function thinOut(variants: readonly Record<string, Flag>[]): Record<string, Flag>[] {
  const seen = new Set<string>();
  return variants.filter((flags, i) => {
    const values = Object.entries(flags).map(([name, value]) => `${name}=${value}`);
    const pairs = values.flatMap((a) => values.map((b) => `${a} ${b}`));
    const fresh = pairs.some((pair) => !seen.has(pair));
    for (const pair of pairs) seen.add(pair);
    return fresh || i === 0;
  });
}

/**
 * Every variant is read and checked by the shader compiler (4 ms each), and some of them, in
 * which any two flag values meet, become pipelines, whose layouts are checked against them (15 ms
 * each: all of some 2,000 would take half a minute). A software adapter makes machine code only at
 * the first dispatch (up to half a second each): that is left to the kernels' cases.
 */
Deno.test({
  name: "every variant of every shader compiles, and some of them make pipelines",
  sanitizeResources: false,
  sanitizeOps: false,
  async fn() {
    // A device of its own: so many pipelines would burden the shared one.
    using device = await openDevice();
    const { lanes, subgroupDirective } = device.adapter;
    const failures: string[] = [];
    for (const { owner, shader } of shaders) {
      const variants = shaderVariants(shader);
      const built = new Set(thinOut(variants));
      for (const flags of variants) {
        const settled = settle(shader, flags, subgroupDirective);
        // Kernels by subgroup are never chosen on an adapter whose subgroups do not work.
        if (lanes === 0 && settled.code.includes("subgroup")) continue;
        const label = `${owner}[${shader.name} ${describe(flags)}]`;
        try {
          if (built.has(flags)) {
            await device.pipelines.get(settled, label);
          } else {
            const module = device.gpu.createShaderModule({ label, code: settled.code });
            const { messages } = await module.getCompilationInfo();
            for (const { message } of messages) failures.push(`${label}: ${message}`);
          }
        } catch (error) {
          failures.push((error as Error).message);
        }
      }
    }
    assert.deepEqual(failures, []);
    await device.settled();
    assert(device.pipelines.size > shaders.length);
  },
});

Deno.test("the thinned-out variants hold every flag value, and is much smaller", () => {
  for (const { shader } of shaders) {
    const variants = shaderVariants(shader), some = thinOut(variants);
    for (const [name, values] of Object.entries(shader.flags ?? {})) {
      for (const value of values) {
        const has = (flags: Record<string, Flag>) => flags[name] === value;
        assert.equal(some.some(has), variants.some(has), `${shader.name} ${name}=${value}`);
      }
    }
    assert(some.length <= Math.max(variants.length / 2, 40), `${shader.name}: ${some.length}`);
  }
});

Deno.test("a dump has a line for every variant, with all that a compiler wants", () => {
  const lines = dumpVariants("").trimEnd().split("\n").map((line) => JSON.parse(line));
  const variants = shaders.flatMap(({ shader }) => shaderVariants(shader));
  assert.equal(lines.length, variants.length);
  for (const { owner, name, flags, code, constants } of lines) {
    assert(owner && name && flags && constants);
    assert.match(code, /@compute/);
  }
});

/** A kernel that sums what its operands' accessors give, in every form that they may have. */
const accessors: Shader = {
  name: "accessors.wgsl",
  source:
    "struct Params {\n  count: u32,\n}\nfn compute(i: u32) {\n  set_y(i, x_at(i) + z_at(i));\n}",
  flags: { VEC4: [true, false] },
  operands: {
    x: {
      access: "read",
      element: ({ VEC4 }) => VEC4 ? "vec4f" : "f32",
      forms: ["buffer", "texels", "halves", "absent"],
    },
    z: { access: "read", element: ({ VEC4 }) => VEC4 ? "vec4f" : "f32" },
    y: { access: "write", element: ({ VEC4 }) => VEC4 ? "vec4f" : "f32" },
  },
};

Deno.test("operands are declared as they are bound, and read through their accessors", () => {
  assert.deepEqual(
    shaderVariants(accessors).map(({ VEC4, x }) => `${VEC4} ${x}`),
    [
      ...["buffer", "texels", "halves", "absent"].map((form) => `true ${form}`),
      ...["buffer", "halves", "absent"].map((form) => `false ${form}`),
    ],
  );
  const declared = (VEC4: boolean, x: string) =>
    expandShader(accessors, { VEC4, x }).split("\n").filter((line) => / x:|return/.test(line));
  assert.deepEqual(declared(true, "texels").slice(0, 2), [
    "@group(0) @binding(1) var x: texture_storage_2d<rgba32float, read>;",
    "  return textureLoad(x, vec2u(i & 1023u, i >> 10u));",
  ]);
  assert.deepEqual(declared(false, "halves").slice(0, 2), [
    "@group(0) @binding(1) var<storage, read> x: array<u32>;",
    "  return unpack2x16float(x[i >> 1u])[i & 1u];",
  ]);
  assert.deepEqual(declared(false, "absent")[0], "  return f32();");
});

Deno.test("an operand in a form that a kernel does not take is refused", () => {
  assert.throws(() => expandShader(accessors, { VEC4: true, x: "buffer", z: "texels" }), {
    name: "TypeError",
    message: "Cannot build accessors.wgsl: operand z is one of buffer: got texels",
  });
});

const sample: Shader = {
  name: "sample.wgsl",
  source: "alias E = ${ELEMENT};\n#if ${BIAS}\nbias\n#else\nnone\n#endif\nend",
  flags: { ELEMENT: ["f32", "vec4f"], BIAS: [false, true] },
};

Deno.test("expandShader() fills places and keeps one side of each #if", () => {
  assert.deepEqual(
    expandShader(sample, { ELEMENT: "vec4f", BIAS: true }).split("\n").filter(Boolean),
    ["alias E = vec4f;", "bias", "end"],
  );
  assert.deepEqual(
    expandShader(sample, { ELEMENT: "f32", BIAS: false }).split("\n").filter(Boolean),
    ["alias E = f32;", "none", "end"],
  );
});

Deno.test("expandShader() takes generators of text", () => {
  const shader: Shader = {
    name: "made.ts",
    source: ({ ROWS }) => "x\n".repeat(Number(ROWS)) + "const N = ${ROWS};",
    flags: { ROWS: [1, 3] },
  };
  assert.equal(expandShader(shader, { ROWS: 3 }), "x\nx\nx\nconst N = 3;");
});

Deno.test("expandShader() refuses unknown, missing and wrong flags, and places without one", () => {
  const refusals: [Record<string, Flag>, string][] = [
    [
      { ELEMENT: "f32", BIAS: true, MORE: 1 },
      "Cannot build sample.wgsl: no flag MORE",
    ],
    [
      { ELEMENT: "f32" },
      "Cannot build sample.wgsl: flag BIAS is one of false, true: got undefined",
    ],
    [
      { ELEMENT: "f16", BIAS: true },
      "Cannot build sample.wgsl: flag ELEMENT is one of f32, vec4f: got f16",
    ],
  ];
  for (const [flags, message] of refusals) {
    assert.throws(() => expandShader(sample, flags), { name: "TypeError", message });
  }
  assert.throws(() => expandShader({ name: "unset.wgsl", source: "a ${NAME} b" }), {
    name: "TypeError",
    message: "Cannot build unset.wgsl: it asks for flag NAME, which is not set",
  });
});

Deno.test("shaderVariants() lists every combination but those excluded", () => {
  assert.deepEqual(shaderVariants({ name: "", source: "" }), [{}]);
  assert.equal(shaderVariants(sample).length, 4);
  const excludes: Shader["excludes"] = ({ ELEMENT, BIAS }) => ELEMENT === "f32" && BIAS === true;
  assert.deepEqual(shaderVariants({ ...sample, excludes }), [
    { ELEMENT: "f32", BIAS: false },
    { ELEMENT: "vec4f", BIAS: false },
    { ELEMENT: "vec4f", BIAS: true },
  ]);
});
