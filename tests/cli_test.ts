import assert from "node:assert/strict";
import { runDeno } from "./fakes.ts";

/** Runs a program of the checkout with the permissions that its task has. */
function run(program: string[], env: Record<string, string> = {}) {
  const allow = "--allow-env";
  return runDeno(["run", "--quiet", "--allow-read", allow, ...program], env);
}

Deno.test("every command names an unknown option", async () => {
  const programs = [
    ["main.ts", "infer"],
    ["main.ts", "embed"],
    ["golden/main.ts"],
    ["main.ts", "train"],
    ["main.ts", "eval"],
    ["bench/main.ts"],
    ["bench/device/main.ts"],
    ["bench/peers/main.ts"],
    ["bench/peers/clip/main.ts"],
    ["bench/peers/tuning/main.ts"],
    ["tests/check.ts"],
    ["tests/check_faces.ts"],
    ["main.ts", "weights"],
    ["main.ts", "subject"],
    ["bench/load.ts"],
    ["tests/fuzz/main.ts"],
    ["tests/mutate/main.ts"],
  ];
  for (const program of programs) {
    const unknown = await run([...program, "--nonsense"]);
    assert.equal(unknown.code, 2);
    assert.match(unknown.stderr, /^error: .*nonsense/);
    assert.equal(unknown.stderr.trim().split("\n").length, 1);
  }
});

Deno.test("main.ts refuses a command that it does not know", async () => {
  const { code, stderr } = await run(["main.ts", "dance"]);
  assert.equal(code, 2);
  assert.match(stderr, /Cannot run "dance": the commands are infer/);
  assert.equal((await run(["main.ts", "constructor"])).code, 2);
});

Deno.test("golden compares a folder, and refuses one that holds nothing", async () => {
  const { code, stdout, stderr } = await run([
    "golden/main.ts",
    "tests/golden/clip_autt",
    "--quiet",
  ]);
  assert.equal(code, 0, stderr);
  assert.match(stdout, /\ngolden: 186 compared, 0 failed\n$/);
  assert.doesNotMatch(stdout, /^ok/m);
  const empty = await run(["golden/main.ts", "docs"]);
  assert.equal(empty.code, 2);
  assert.match(empty.stderr, /Cannot compare "docs": it holds none of the files that --help names/);
  assert.equal((await run(["golden/main.ts"])).code, 2);
});

Deno.test("check runs one case by its printed name and says how it went", async () => {
  const { code, stdout, stderr } = await run(["tests/check.ts", "add[a=5,b=5]"]);
  assert.equal(code, 0, stderr);
  assert.match(stderr, /^adapter: .+/);
  assert.match(stdout, /^ok +add\[a=5,b=5\] +NMSE/);
  assert.match(stdout, /\n1 passed, 0 failed\n$/);
  assert.doesNotMatch(stderr, /XDG_RUNTIME_DIR/);
});

Deno.test("check and bench refuse names that they do not know", async () => {
  const check = await run(["tests/check.ts", "nothing"]);
  assert.equal(check.code, 2);
  assert.match(
    check.stderr,
    /no kernel or case of that name: the kernels are absolute_difference, .*unfold/,
  );
  const bench = await run(["bench/main.ts", "--filter", "nothing"]);
  assert.equal(bench.code, 2);
  assert.match(bench.stderr, /no kernel's name holds "nothing"/);
});

Deno.test("bench refuses a file that it cannot compare with", async () => {
  const missing = await run(["bench/main.ts", "--compare", "nowhere.json"]);
  assert.equal(missing.code, 2);
  assert.match(missing.stderr, /Cannot compare with "nowhere.json": .*bench --json/);
  const other = await run(["bench/main.ts", "--compare", "deno.json"]);
  assert.equal(other.code, 2);
  assert.match(other.stderr, /it is not of this version/);
});

Deno.test("an unknown adapter is refused by option and by variable", async () => {
  const option = await run(["tests/check.ts", "add", "--adapter", "abacus"]);
  assert.equal(option.code, 2);
  assert.match(option.stderr, /Cannot choose adapter "abacus": wanted one of auto, low-power/);
  const variable = await run(["tests/check.ts", "add"], { AUTT_ADAPTER: "abacus" });
  assert.equal(variable.code, 1);
  assert.match(variable.stderr, /Cannot choose adapter "abacus"/);
});

Deno.test("a family forced by a variable is used, and an unknown one refused", async () => {
  const name = "matmul[M=3,K=5,N=7]";
  const tile = await run(["tests/check.ts", name], { AUTT_MATMUL: "tile" });
  assert.equal(tile.code, 0, tile.stdout);
  const unknown = await run(["tests/check.ts", name], { AUTT_MATMUL: "abacus" });
  assert.equal(unknown.code, 1);
  assert.match(unknown.stdout, /Cannot choose matmul family "abacus": wanted one of panel, tile/);
});
