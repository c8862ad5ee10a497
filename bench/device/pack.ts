import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import project from "../../deno.json" with { type: "json" };

/** A module as `deno info --json` lists it. */
interface ListedModule {
  readonly kind: string;
  readonly local?: string;
  readonly npmPackage?: string;
}

/** What `deno info --json FILE` says. */
interface Listing {
  readonly modules: readonly ListedModule[];
  readonly npmPackages: Readonly<
    Record<string, { readonly localPath: string; readonly dependencies: readonly string[] }>
  >;
}

const root = fileURLToPath(new URL("../../", import.meta.url));

/** What is run: everything that these import goes along. */
const programs = ["bench/device/main.ts", "bench/device/check_part.ts"];

/**
 * Writes an archive that measures a bare Linux machine: the files that the benchmark imports, their
 * packages, Deno itself, compressed, and `run.sh`. The bytes of the archive.
 */
export async function packArchive(path: string, withDeno = true): Promise<number> {
  const folder = await Deno.makeTempDir({ prefix: "autt-device-bench-" });
  try {
    const top = join(folder, "device-bench");
    await copyInto(top, "bench/device/run.sh", "run.sh");
    const used = new Set<string>();
    for (const program of programs) {
      const { modules, npmPackages } = await list(program);
      for (const { local } of modules) {
        if (local?.startsWith(root)) await copyInto(top, relative(root, local));
      }
      for (const { npmPackage } of modules) {
        if (npmPackage === undefined) continue;
        used.add(npmPackage);
        await copyPackage(top, npmPackages, npmPackage);
      }
    }
    await Deno.writeTextFile(join(top, "deno.json"), JSON.stringify({ imports: imports(used) }));
    if (withDeno) await compress(Deno.execPath(), join(top, "deno.gz"));
    await run("tar", ["-cf", path, "-C", folder, "device-bench"]);
    return (await Deno.stat(path)).size;
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** The imports of these packages: Deno would look for all that are listed. */
function imports(used: ReadonlySet<string>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(project.imports).filter(([, from]) =>
      used.has(/^npm:(@?[^@]+@[^/]+)/.exec(from)?.[1] ?? "")
    ),
  );
}

async function list(program: string): Promise<Listing> {
  return JSON.parse(await run(Deno.execPath(), ["info", "--json", join(root, program)]));
}

async function run(program: string, args: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await new Deno.Command(program, { args: [...args], cwd: root })
    .output();
  if (code === 0) return new TextDecoder().decode(stdout);
  throw new Error(
    `Cannot pack the benchmark: ${program} says: ${new TextDecoder().decode(stderr).trim()}`,
  );
}

async function copyInto(top: string, path: string, as = path): Promise<void> {
  await copyFile(join(root, path), join(top, as));
}

async function copyFile(from: string, to: string): Promise<void> {
  await Deno.mkdir(dirname(to), { recursive: true });
  await Deno.copyFile(from, to);
}

/** Copies a package, and what it depends on, to where Deno looks for it. */
async function copyPackage(
  top: string,
  packages: Listing["npmPackages"],
  name: string,
): Promise<void> {
  const { localPath = "", dependencies = [] } = packages[name] ?? {};
  const cache = localPath.slice(0, localPath.indexOf("/npm/") + 1);
  const keep = (file: string) => copyFile(file, join(top, "deno_dir", relative(cache, file)));
  await keep(join(localPath, "../registry.json"));
  for await (const file of filesIn(localPath)) await keep(file);
  for (const dependency of dependencies) await copyPackage(top, packages, dependency);
}

async function* filesIn(folder: string): AsyncGenerator<string> {
  for await (const { name, isDirectory } of Deno.readDir(folder)) {
    const path = join(folder, name);
    if (isDirectory) yield* filesIn(path);
    else yield path;
  }
}

async function compress(from: string, to: string): Promise<void> {
  using source = await Deno.open(from);
  using target = await Deno.open(to, { write: true, create: true });
  await source.readable.pipeThrough(new CompressionStream("gzip")).pipeTo(target.writable);
}
