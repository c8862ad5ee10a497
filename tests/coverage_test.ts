import assert from "node:assert/strict";
import { coverageByFolder, coveredFiles, hasCode, lowFolders } from "./coverage_by_folder.ts";

/** A report of files with so many lines, and so many that were reached. */
const report = (files: Readonly<Record<string, readonly [number, number]>>) =>
  Object.entries(files).flatMap(([path, [lines, reached]]) => [
    `SF:${path}`,
    "FN:1,main",
    ...Array.from({ length: lines }, (_, i) => `DA:${i + 1},${i < reached ? 3 : 0}`),
    `LH:${reached}`,
    "end_of_record",
  ]).join("\n");

const lcov = report({
  "/here/tta/a.ts": [50, 50],
  "/here/bench/a.ts": [60, 60],
  "/here/bench/peers/b.ts": [40, 25],
  "/here/app/a.ts": [10, 1],
  "/here/main.ts": [20, 16],
  "/tmp/of_a_test/main.ts": [100, 0],
});

Deno.test("coverage is summed by folder, and every folder but app must have 85 %", () => {
  const folders = coverageByFolder(lcov, "/here/");
  assert.deepEqual([...folders], [
    ["app", { lines: 10, reached: 1 }],
    ["bench", { lines: 100, reached: 85 }],
    ["main.ts", { lines: 20, reached: 16 }],
    ["tta", { lines: 50, reached: 50 }],
  ]);
  assert.deepEqual(lowFolders(folders), ["main.ts"]);
  const less = coverageByFolder(report({ "/here/bench/a.ts": [100, 84] }), "/here/");
  assert.deepEqual(lowFolders(less), ["bench"]);
});

Deno.test("a file that no test loads is missed, unless it has nothing that runs", () => {
  assert.deepEqual([...coveredFiles(lcov, "/here/")], [
    ...["tta/a.ts", "bench/a.ts", "bench/peers/b.ts", "app/a.ts", "main.ts"],
  ]);
  const source = "/** A job. */\nexport async function run() {}\n";
  const types = `/** A const. */\nexport interface Run {\n  readonly const: number;\n}\n`;
  assert.ok(hasCode("io/a.ts", source));
  assert.ok(hasCode("demo/a.ts", "self.onmessage = () => {};\n"));
  assert.ok(!hasCode("io/a.ts", types));
  assert.ok(!hasCode("app/a.ts", source));
  // Deno leaves tests themselves out.
  assert.ok(!hasCode("tests/a_test.ts", source) && hasCode("tests/a.ts", source));
});
