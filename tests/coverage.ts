/**
 * Tells which share of lines the tests reached, by folder, after a run with `--coverage=coverage`: `deno task
 * coverage` does both.
 *
 * @module
 */

/** Lines of a folder, and those that were reached. */
const folders = new Map<string, { lines: number; reached: number }>();
const { code, stdout, stderr } = await new Deno.Command("deno", {
  args: ["coverage", "--quiet", "--lcov", "coverage"],
}).output();
if (code !== 0) {
  console.error(`error: Cannot read the coverage: ${new TextDecoder().decode(stderr).trim()}`);
  Deno.exit(1);
}
const root = new URL("../", import.meta.url).pathname;
let folder = "";
for (const line of new TextDecoder().decode(stdout).split("\n")) {
  if (line.startsWith("SF:")) folder = line.slice(3).replace(root, "").split("/")[0] ?? "";
  const [, hits] = /^DA:\d+,(\d+)/.exec(line) ?? [];
  if (hits === undefined) continue;
  const sum = folders.get(folder) ?? { lines: 0, reached: 0 };
  sum.lines++;
  if (Number(hits) > 0) sum.reached++;
  folders.set(folder, sum);
}
let low = false;
for (const [name, { lines, reached }] of [...folders].sort()) {
  const share = 100 * reached / lines;
  const wanted = ["engine", "io", "kernels", "media", "model", "train", "tta"].includes(name);
  low ||= wanted && share < 85;
  console.log(`${name.padEnd(10)} ${share.toFixed(1).padStart(5)} %  of ${lines} lines`);
}
if (low) {
  console.error("error: Cannot accept less than 85 % of the lines of a folder outside app/");
  Deno.exit(1);
}
