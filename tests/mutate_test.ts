import assert from "node:assert/strict";
import { shaderVariants } from "../engine/mod.ts";
import { runDeno } from "./fakes.ts";
import { equivalents } from "./mutate/equivalent.ts";
import { folderNames, readFolder } from "./mutate/folders.ts";
import type { Judged } from "./mutate/judge.ts";
import { mutateLine } from "./mutate/line_mutations.ts";
import { applyMutant, drawMutants, mutantsOf } from "./mutate/mutants.ts";
import { reportFolder, reportScore } from "./mutate/report.ts";

const changes = (line: string) => [...mutateLine(line)].map(({ to }) => to.trim());

Deno.test("a line's mutants are its signs, numbers and indices, one at a time", () => {
  assert.deepEqual(changes("  sum = sum + x[i] * 0.5; // + 1"), [
    "sum = sum - x[i] * 0.5; // + 1",
    "sum = sum + x[i] + 0.5; // + 1",
    "sum = sum + x[i] * 0.5005; // + 1",
    "sum = sum + x[i + 1] * 0.5; // + 1",
  ]);
  assert.deepEqual(changes("  workgroupBarrier();"), [""]);
  assert.deepEqual(changes("  let low = select(a, b, i < 3u);"), [
    "let low = select(a, b, i <= 3u);",
    "let low = select(a, b, i < 4u);",
    "let low = select(b, a, i < 3u);",
  ]);
});

Deno.test("what a line cannot do without and never uses is left as it is", () => {
  assert.deepEqual(changes("  const [rows = 0, columns = 0] = x.shape;"), []);
  assert.deepEqual(changes("  const first = list.at(rows) ?? 1;"), []);
  assert.deepEqual(changes("  shaders: [shader],"), []);
});

Deno.test("functions that a shader does not call have no mutants", async () => {
  const softmax = mutantsOf(await readFolder("softmax"));
  const files = softmax.filter(({ from }) => /partials\[lane\] = max\(/.test(from))
    .map(({ file }) => file);
  assert.deepEqual([...new Set(files)], ["softmax.wgsl"]);
});

Deno.test("a seed draws the same mutants each time, another one others, each once", async () => {
  const folder = await readFolder("max_pool");
  const draw = (count: number, seed: number) => drawMutants(folder, count, seed);
  assert.deepEqual(draw(20, 1), draw(20, 1));
  assert.notDeepEqual(draw(20, 1), draw(20, 2));
  // In turn: the shaders of both kernels, and the operation's TypeScript.
  assert.equal(new Set(draw(3, 1).map(({ file }) => file)).size, 3);
  const all = draw(1e6, 1);
  assert.equal(all.length, mutantsOf(folder).length);
  assert.equal(new Set(all.map(({ file, from, to }) => `${file} ${from} ${to}`)).size, all.length);
});

Deno.test("a mutant is in its shader until it is taken out", async () => {
  const { kernels: [scale] } = await readFolder("scale");
  const shader = scale?.shaders[0];
  assert(scale && shader);
  const [flags = {}] = shaderVariants(shader);
  const source = () => typeof shader.source === "string" ? shader.source : shader.source(flags);
  const before = source(), from = before.split("\n").find((line) => / \* /.test(line)) ?? "";
  const mutant = applyMutant(shader, { from, to: "  nonsense" });
  assert.equal(mutant.built, false);
  assert.equal(source(), before.replace(from, "  nonsense"));
  assert.equal(mutant.built, true);
  mutant.undo();
  assert.equal(source(), before);
});

Deno.test("every mutant that is known to change nothing is still one", async () => {
  const folders = await Promise.all(folderNames.map(readFolder));
  const all = folders.flatMap((folder) => mutantsOf(folder));
  const stale = equivalents.filter((known) =>
    !all.some(({ file, from, to }) =>
      from.trim() === known.from && to.trim() === known.to && file.endsWith(known.file ?? "")
    )
  );
  assert.deepEqual(stale, []);
  assert.deepEqual(equivalents.filter(({ why }) => why.length < 20), []);
});

Deno.test("the report names what survived and leaves what changes nothing out of the score", () => {
  const [known] = equivalents;
  assert(known);
  const mutant = (more: Partial<Judged>): Judged => ({
    ...{ folder: "slice", file: "kernels/slice/slice.ts", from: "  a + b", to: "  a - b" },
    ...{ verdict: "killed", ...more },
  });
  const judged = [
    ...[1, 2, 3].map(() => mutant({})),
    mutant({ verdict: "survived" }),
    mutant({ ...known, file: known.file ?? "", verdict: "survived" }),
    mutant({ verdict: "not built" }),
  ];
  assert.match(reportFolder("slice", judged), /^slice +3 +1 +1 +1\n/);
  assert.match(
    reportFolder("slice", judged),
    /survived: slice\/slice\.ts\n +- a \+ b\n +\+ a - b\n/,
  );
  assert(reportFolder("slice", judged).includes(`equivalent: ${known.why}`));
  assert.match(reportScore(judged), /mutation score: 75\.0 %$/);
});

Deno.test("mutate judges a kernel's mutants by its cases, and refuses what it does not know", async () => {
  const permissions = ["--allow-read", "--allow-write", "--allow-env", "--allow-run=deno"];
  const run = (...args: string[]) =>
    runDeno(["run", "--quiet", ...permissions, "tests/mutate/main.ts", ...args]);
  const { code, stdout, stderr } = await run("scale", "--count", "3");
  assert.equal(code, 0, stderr);
  assert.match(stdout, /\nscale +3 +0 +0 +0\n/);
  assert.match(stdout, /mutation score: 100\.0 %/);
  const unknown = await run("skale");
  assert.equal(unknown.code, 2);
  assert.match(unknown.stderr, /Cannot mutate "skale": the kernels are .*scale/);
  assert.match((await run("--count", "0")).stderr, /--count must be a whole number of at least 1/);
});
