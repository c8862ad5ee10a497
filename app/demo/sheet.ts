import { parseOptions, runCommand, userPath } from "../terminal/terminal.ts";
import { writeAtomically } from "../../io/files/write_atomically.ts";
import { drawSheet, sheetHash } from "../../demo/sheet.ts";

const help = `Draws a sheet of drawn faces, to look at: people, every movement, and clips of pain.

usage: ./autt demo:sheet [--out FILE]
  --out FILE        where to (default sheet.png)
  -h, --help        this text

The same pixels on every machine: their SHA-256 is printed, and held by a test.`;

await runCommand(async (args) => {
  const { values } = parseOptions(args, { out: { type: "string", default: "sheet.png" } }, help);
  // Loaded here, where a permission that is missing is told in a sentence.
  const { default: sharp } = await import("sharp");
  const { pixels, width, height } = drawSheet();
  const png = await sharp(pixels, { raw: { width, height, channels: 4 } }).png().toBuffer();
  await writeAtomically(userPath(values.out), new Uint8Array(png));
  console.log(`${values.out}: ${width} x ${height} pixels, SHA-256 ${sheetHash(pixels)}`);
  return 0;
}, Deno.args);
