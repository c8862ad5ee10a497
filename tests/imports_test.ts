import assert from "node:assert/strict";
import { type Import, readImports } from "./import_graph.ts";
import { sourceFiles } from "./source_files.ts";

/** Imports only go down. Files at the root stand on top. */
const floors: Readonly<Record<string, number>> = {
  io: 0,
  numbers: 0,
  engine: 1,
  kernels: 2,
  model: 3,
  media: 4,
  tta: 5,
  data: 5,
  train: 6,
  person: 6,
  demo: 7,
  app: 8,
  golden: 9,
  web: 9,
  entries: 8,
  packaging: 10,
  bench: 10,
  examples: 9,
  tests: 10,
};

function floorOf(path: string): number {
  if (!path.includes("/")) return path.endsWith(".ts") ? 9 : 0; // deno.json is data
  const folder = path.slice(0, path.indexOf("/"));
  const floor = floors[folder];
  if (floor === undefined) throw new Error(`${path}: the folder ${folder}/ has no floor`);
  return floor;
}

/** What is wrong with the imports: those that go up, and circles. Imports of types count like all others. */
function findFaults(imports: readonly Import[]): string[] {
  return [
    ...imports.filter(({ from, to }) => floorOf(to) > floorOf(from))
      .map(({ from, to }) => `${from} imports ${to}, which is on a higher floor`),
    ...cycles(imports).map((cycle) => `a cycle: ${cycle.join(", ")}`),
  ];
}

/** The sets of files that reach each other, each sorted (Tarjan's components of more than one). */
function cycles(imports: readonly Import[]): string[][] {
  const next = Map.groupBy(imports, ({ from }) => from);
  const index = new Map<string, number>(), low = new Map<string, number>();
  const open: string[] = [], found: string[][] = [];
  const visit = (path: string): number => {
    let least = index.size;
    const own = least;
    index.set(path, own);
    open.push(path);
    for (const { to } of next.get(path) ?? []) {
      if (to === path) found.push([path]);
      const seen = index.get(to);
      if (seen === undefined) least = Math.min(least, visit(to));
      else if (open.includes(to)) least = Math.min(least, low.get(to) ?? seen);
    }
    low.set(path, least);
    if (least === own) {
      const component = open.splice(open.indexOf(path));
      if (component.length > 1) found.push(component.sort());
    }
    return least;
  };
  for (const path of next.keys()) if (!index.has(path)) visit(path);
  return found;
}

const root = new URL("../", import.meta.url);

Deno.test("imports go down the floors, and never in a circle", async () => {
  const files = await sourceFiles(root);
  const imports = await readImports(root, files);
  for (const { href } of files) floorOf(href.slice(root.href.length));
  // The graph is really there: this file imports another, and the engine reads its shaders.
  const has = (from: string, to: string) =>
    imports.some((found) => found.from === from && found.to === to);
  assert(has("tests/imports_test.ts", "tests/import_graph.ts"));
  assert(has("engine/probe.ts", "engine/probe_broadcast.wgsl"));
  assert(has("tta/methods/mod.ts", "tta/methods/method.ts")); // of types only
  assert.deepEqual(findFaults(imports), []);
});

const arrows = (...lines: string[]): Import[] =>
  lines.map((line) => {
    const [from = "", to = ""] = line.split(" -> ");
    return { from, to };
  });

Deno.test("an import that goes up is a fault", () => {
  assert.deepEqual(findFaults(arrows("kernels/a.ts -> engine/b.ts", "main.ts -> app/c.ts")), []);
  assert.deepEqual(findFaults(arrows("media/a.ts -> model/b.ts", "bench/c.ts -> golden/d.ts")), []);
  assert.deepEqual(
    findFaults(arrows("engine/a.ts -> kernels/add/add.ts", "io/b.ts -> engine/c.ts")),
    [
      "engine/a.ts imports kernels/add/add.ts, which is on a higher floor",
      "io/b.ts imports engine/c.ts, which is on a higher floor",
    ],
  );
  assert.deepEqual(findFaults(arrows("tta/a.ts -> mod.ts")), [
    "tta/a.ts imports mod.ts, which is on a higher floor",
  ]);
  assert.throws(() => findFaults(arrows("engine/a.ts -> helpers/b.ts")), {
    message: "helpers/b.ts: the folder helpers/ has no floor",
  });
});

Deno.test("a cycle is a fault, however long, and an import of itself too", () => {
  assert.deepEqual(
    findFaults(arrows("io/a.ts -> io/b.ts", "io/b.ts -> io/c.ts", "io/c.ts -> io/a.ts")),
    ["a cycle: io/a.ts, io/b.ts, io/c.ts"],
  );
  assert.deepEqual(findFaults(arrows("io/a.ts -> io/a.ts")), ["a cycle: io/a.ts"]);
  // Two ways to one file are no cycle, nor is a way back to a file that leads out of one.
  assert.deepEqual(
    findFaults(
      arrows(
        "io/a.ts -> io/b.ts",
        "io/a.ts -> io/c.ts",
        "io/b.ts -> io/d.ts",
        "io/c.ts -> io/d.ts",
      ),
    ),
    [],
  );
  assert.deepEqual(
    findFaults(
      arrows(
        "io/x.ts -> io/a.ts",
        "io/a.ts -> io/b.ts",
        "io/b.ts -> io/a.ts",
        "io/b.ts -> io/y.ts",
      ),
    ),
    ["a cycle: io/a.ts, io/b.ts"],
  );
});
