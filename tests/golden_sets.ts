import assert from "node:assert/strict";
import { compareSet } from "../golden/compare_set.ts";
import { GoldenSet } from "../golden/golden_set.ts";
import { GoldenReport } from "../golden/report.ts";
import { sharedDevice } from "./devices.ts";

/** Unpacks the set, lets a test spoil it, and gives what is printed of it. */
export async function compareUnpacked(
  folder: string,
  spoil: (folder: string) => Promise<void> = async () => {},
): Promise<{ failed: number; compared: number; lines: string[] }> {
  const unpacked = await Deno.makeTempDir();
  try {
    for await (const { name } of Deno.readDir(folder)) {
      const file = await Deno.open(`${folder}/${name}`), to = name.replace(/\.gz$/, "");
      const content = to === name
        ? file.readable
        : file.readable.pipeThrough(new DecompressionStream("gzip"));
      await Deno.writeFile(`${unpacked}/${to}`, content);
    }
    await spoil(unpacked);
    const lines: string[] = [];
    // deno-lint-ignore no-control-regex
    const report = new GoldenReport((line) => lines.push(line.replace(/\x1b\[\d+m/g, "")));
    await compareSet(await sharedDevice(), new GoldenSet(unpacked), report);
    report.close();
    return { failed: report.failed, compared: report.compared, lines };
  } finally {
    await Deno.remove(unpacked, { recursive: true });
  }
}

/** Changes the text of a file. */
export const edit = (file: string, from: RegExp, to: string) => async (folder: string) => {
  const path = `${folder}/${file}`, text = await Deno.readTextFile(path);
  assert.match(text, from);
  await Deno.writeTextFile(path, text.replace(from, to));
};
