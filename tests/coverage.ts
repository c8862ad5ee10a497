/**
 * Tells which share of lines the tests reached, by folder, after a run with `--coverage=coverage`: `./autt coverage` does both. Files that no test loads are in no report: they are looked for.
 *
 * @module
 */
import {
  coverageByFolder,
  coveredFiles,
  exempt,
  hasCode,
  leastShare,
  lowFolders,
} from "./coverage_by_folder.ts";
import { sourceFiles } from "./source_files.ts";

const { code, stdout, stderr } = await new Deno.Command("deno", {
  args: ["coverage", "--quiet", "--lcov", "coverage"],
}).output();
if (code !== 0) {
  console.error(`error: Cannot read the coverage: ${new TextDecoder().decode(stderr).trim()}`);
  Deno.exit(1);
}
const lcov = new TextDecoder().decode(stdout), root = new URL("../", import.meta.url);
const folders = coverageByFolder(lcov, root.pathname);
for (const [name, { lines, reached }] of folders) {
  const share = (100 * reached / lines).toFixed(1);
  console.log(`${name.padEnd(10)} ${share.padStart(5)} %  of ${lines} lines`);
}
const covered = coveredFiles(lcov, root.pathname), unseen: string[] = [];
for (const { href } of await sourceFiles(root)) {
  const path = href.slice(root.href.length);
  if (covered.has(path)) continue;
  if (hasCode(path, await Deno.readTextFile(new URL(href)))) unseen.push(path);
}
if (unseen.length > 0) {
  console.error(`error: Cannot tell the coverage of what no test loads: ${unseen.join(", ")}`);
}
const low = lowFolders(folders);
if (low.length > 0) {
  console.error(
    `error: Cannot accept less than ${leastShare} % of the lines of a folder outside ${exempt}/: ` +
      low.join(", "),
  );
}
if (unseen.length + low.length > 0) Deno.exit(1);
