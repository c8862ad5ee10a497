import assert from "node:assert/strict";
import project from "../deno.json" with { type: "json" };

const root = new URL("../", import.meta.url);
const text = (name: string) => Deno.readTextFile(new URL(name, root));

/** Source code, documentation, and files that tools want beside them. */
const own =
  /\.(ts|js|wgsl|md|css|html|py|sh)$|^(autt|LICENSE|app\/serve\/openapi\.json|deno\.json|deno\.lock|\.gitignore|\.ci\/run)$/;
/** What git does not keep. */
const kept = ({ name }: Deno.DirEntry) =>
  ![".git", ".tools", "node_modules", "coverage", "autt-cli"].includes(name);

function* filesBelow(path = ""): Generator<string> {
  for (const entry of Deno.readDirSync(new URL(path, root))) {
    if (!kept(entry)) continue;
    if (entry.isDirectory) yield* filesBelow(`${path}${entry.name}/`);
    else yield `${path}${entry.name}`;
  }
}

/** The files and folders that a table's first column names. */
const named = (page: string) =>
  [...page.matchAll(/`([\w./@-]+)`(?=[^|\n]* \|)/g)].map(([, x]) => x!);

Deno.test("the licence is there, and deno.json names the same one", async () => {
  const licence = await text("LICENSE");
  assert.equal(licence.split("\n")[0], `${project.license} License`);
  assert.match(licence, /^Copyright \(c\) \d{4} the autt authors$/m);
  assert.match(await text("README.md"), /\]\(LICENSE\)/);
});

Deno.test("each file that is no source is listed with its origin and licence", async () => {
  const listed = named(await text("THIRD_PARTY.md"));
  const files = [...filesBelow()].filter((file) => !own.test(file));
  assert.ok(files.includes("media/face/face_detection_short_range.tflite"));
  for (const file of files) {
    const entry = listed.find((name) =>
      name === file || name.endsWith("/") && file.startsWith(name)
    );
    assert.ok(entry !== undefined, `${file} is not listed in THIRD_PARTY.md`);
  }
  for (const name of listed.filter((name) => name.includes("/") && !name.startsWith("@"))) {
    await Deno.stat(new URL(name, root));
  }
  assert.match(await text("media/face/LICENSE"), /Apache License\s+Version 2\.0, January 2004/);
});

Deno.test("each package that is imported is listed with its licence", async () => {
  const listed = named(await text("THIRD_PARTY.md"));
  const packages = Object.values(project.imports).flatMap((address) =>
    /^npm:((?:@[^/]+\/)?[^@/]+)@/.exec(address)?.[1] ?? []
  );
  assert.ok(packages.length > 3);
  for (const name of packages) assert.ok(listed.includes(name), `${name} is not listed`);
});
