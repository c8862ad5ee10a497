import { ModuleKind, ScriptTarget, transpileModule } from "typescript";
import project from "../deno.json" with { type: "json" };
import { reachableFiles } from "./reachable_files.ts";
import { readTarball, type TarFiles, writeTarball } from "./tarball.ts";

/** Modules for runtimes that lack something: what every entry but the browser's imports first, and Deno's. */
export interface Substitutes {
  readonly olderRuntimes: string;
  readonly denoForNode: string;
}

/** The packages that they import. */
const substituteDependencies = {
  "@deno/shim-deno": "^0.19.2",
  "@petamoriken/float16": "^3.9.3",
  "core-js": "^3.51.0",
};

/** The package's facts that are not in `deno.json`. */
const facts = {
  description:
    "Personalised emotion recognition in video, on the user's own device: CLIP, CLIP-AU and " +
    "CLIP-AUTT on a WebGPU engine",
  keywords: ["webgpu", "wgsl", "clip", "tensor", "emotion", "facial-expression", "adaptation"],
  engines: { node: ">=20" },
  sideEffects: ["./older_runtimes.js"],
  peerDependencies: { webgpu: ">=0.3" },
  peerDependenciesMeta: { webgpu: { optional: true } },
};

/** An entry as `package.json` lists it. */
interface Entry {
  readonly types?: string;
  readonly import: string;
}

const decoder = new TextDecoder(), encoder = new TextEncoder();

/**
 * Turns the package of `deno pack` into one for Node, Bun and bundlers. Imported texts (kernels in WGSL) and
 * JSON become modules, `using` becomes what Node 20 understands, and files that no entry reaches, the command
 * line's and source maps, are left out.
 *
 * @param packed The `.tgz` of `deno pack`.
 */
export async function npmPackage(
  packed: Uint8Array<ArrayBuffer>,
  { olderRuntimes, denoForNode }: Substitutes,
): Promise<Uint8Array<ArrayBuffer>> {
  const files = new Map(await readTarball(packed));
  const information = JSON.parse(decoder.decode(files.get("package/package.json")));
  files.set("package/older_runtimes.js", encoder.encode(olderRuntimes));
  files.set("package/deno_for_node.js", encoder.encode(denoForNode));
  const entries = Object.entries(information.exports as Record<string, Entry>);
  const made = withoutDataImports(files);
  for (const [name, entry] of entries) {
    if (name !== "./browser") prepend(made, `package/${entry.import.slice(2)}`);
  }
  const reached = reachableFiles(
    made,
    entries.map(([, entry]) => `package/${entry.import.slice(2)}`),
  );
  const { dependencies, ...rest } = information;
  reached.set(
    "package/package.json",
    encoder.encode(JSON.stringify(
      { ...rest, ...facts, dependencies: { ...dependencies, ...substituteDependencies } },
      null,
      2,
    )),
  );
  return await writeTarball(reached);
}

/** Imports the module for older runtimes before anything else. */
function prepend(files: Map<string, Uint8Array<ArrayBuffer>>, path: string): void {
  const text = decoder.decode(files.get(path));
  files.set(path, encoder.encode(`import "${rootFrom(path)}older_runtimes.js";\n${text}`));
}

/** The way from a module to the package's root: `./` or `../../`. */
const rootFrom = (path: string) => "../".repeat(path.split("/").length - 2) || "./";

/** An import of a text or of JSON, which Node imports only with flags or not at all. */
const dataImport = /^import (\w+) from "(\.{1,2}\/[^"]+)" with \{\s*type: "(text|json)"\s*\};?$/gm;

/** Packages whose imports name a file in them: `deno pack` keeps only the package's name. */
const filesInPackages = Object.entries(project.imports).flatMap(([name, address]) => {
  const file = /^npm:(?:@[^/]+\/)?[^@/]+@[^/]+(\/.+)$/.exec(address)?.[1];
  return file === undefined ? [] : [{ name, file }];
});

function withoutDataImports(files: TarFiles): Map<string, Uint8Array<ArrayBuffer>> {
  const made = new Map(files);
  for (const [path, contents] of files) {
    if (!path.endsWith(".js")) continue;
    let text = olderCode(
      decoder.decode(contents).replace(/\n\/\/# sourceMappingURL=.*\s*$/, "\n"),
    );
    for (const { name, file } of filesInPackages) {
      text = text.replaceAll(` from "${name}";`, ` from "${name}${file}";`);
    }
    text = text.replace(dataImport, (_, name: string, target: string, type: string) => {
      const file = new URL(target, `file:///${path}`).pathname.slice(1);
      const data = files.get(file);
      if (data === undefined) {
        throw new Error(`Cannot pack ${path}: it imports ${file}, which is not among the files`);
      }
      const value = type === "json" ? JSON.parse(decoder.decode(data)) : decoder.decode(data);
      made.set(`${file}.js`, encoder.encode(`export default ${JSON.stringify(value)};\n`));
      return `import ${name} from "${target}.js";`;
    });
    if (/(?<![\w.])Deno\./.test(text) && path !== "package/deno_for_node.js") {
      text = `import { Deno } from "${rootFrom(path)}deno_for_node.js";\n${text}`;
    }
    made.set(path, encoder.encode(text));
  }
  return made;
}

/**
 * Rewrites what Node 20 cannot parse, `using` and `await using`, and leaves comments out: they are in the
 * types, where editors look for them.
 */
function olderCode(text: string): string {
  const compilerOptions = {
    target: ScriptTarget.ES2022,
    module: ModuleKind.ESNext,
    removeComments: true,
  };
  return transpileModule(text, { compilerOptions }).outputText;
}

/** How many bytes the code is that each entry reaches, compressed as a server would send it. */
export async function entrySizes(tgz: Uint8Array<ArrayBuffer>): Promise<Map<string, number>> {
  const files = await readTarball(tgz);
  const { exports } = JSON.parse(decoder.decode(files.get("package/package.json")));
  const sizes = new Map<string, number>();
  for (const [name, { import: path }] of Object.entries(exports as Record<string, Entry>)) {
    const reached = reachableFiles(files, [`package/${path.slice(2)}`]);
    const code = [...reached].filter(([file]) => file.endsWith(".js")).map(([, contents]) =>
      contents
    );
    const stream = new Blob(code).stream().pipeThrough(new CompressionStream("gzip"));
    sizes.set(name, (await new Response(stream).arrayBuffer()).byteLength);
  }
  return sizes;
}
