import { fileURLToPath } from "node:url";
import { writeAtomically } from "../io/files/write_atomically.ts";
import project from "../deno.json" with { type: "json" };
import {
  parseOptions,
  runCommand,
  switches,
  UsageError,
  userPath,
} from "../app/terminal/terminal.ts";
import { listPublicNames, publicNamesPage } from "./public_names.ts";
import { entrySizes, npmPackage } from "./npm_package.ts";

const help = `Makes the npm package, for Node, Bun and bundlers.

usage: ./autt pack [FILE]
  FILE              where to (default autt-${project.version}.tgz)
  --names           only list what is public in docs/public-names.md
  -h, --help        this text

Install it with \`npm install FILE\`. JSR's package needs no step: \`deno publish\`.`;

const kilobytes = (bytes: number) => `${(bytes / 1000).toFixed(0)} kB`.padStart(7);

await runCommand(async (args) => {
  const { values, positionals: [file = `autt-${project.version}.tgz`, ...more] } = parseOptions(
    args,
    switches("names"),
    help,
  );
  if (more.length > 0) throw new UsageError(`Cannot pack into ${more.length + 1} files: name one`);
  if (values.names) {
    await writeAtomically(fileURLToPath(publicNamesPage), await listPublicNames());
    return 0;
  }
  const temporary = await Deno.makeTempFile({ suffix: ".tgz" });
  try {
    const packing = await new Deno.Command("deno", {
      args: ["pack", "--quiet", "--allow-dirty", "--no-source-maps", "--output", temporary],
      cwd: new URL("../", import.meta.url),
      stdin: "null",
    }).output();
    if (packing.code !== 0) {
      const why = new TextDecoder().decode(packing.stderr).trim().split("\n").at(-1);
      throw new Error(`Cannot pack: deno pack ended with ${packing.code}: ${why}`);
    }
    const text = (name: string) => Deno.readTextFile(new URL(name, import.meta.url));
    const made = await npmPackage(await Deno.readFile(temporary), {
      olderRuntimes: await text("older_runtimes.js"),
      denoForNode: await text("deno_for_node.js"),
    });
    await writeAtomically(userPath(file), made);
    console.log(`${file}: ${kilobytes(made.length)}; code by entry, compressed:`);
    for (const [entry, bytes] of await entrySizes(made)) {
      console.log(`  ${entry.padEnd(10)} ${kilobytes(bytes)}`);
    }
  } finally {
    await Deno.remove(temporary);
  }
  return 0;
}, Deno.args);
