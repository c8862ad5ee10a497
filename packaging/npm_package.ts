import { ModuleKind, ScriptTarget, transpileModule } from "typescript";
import project from "../deno.json" with { type: "json" };
import { reachableFiles } from "./reachable_files.ts";
import { readTarball, type TarFiles, writeTarball } from "./tarball.ts";

/** The module that every entry but the browser's imports first, and the packages that it imports. */
const olderRuntimes = {
  file: "package/older_runtimes.js",
  dependencies: { "@petamoriken/float16": "^3.9.3", "core-js": "^3.51.0" },
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
 * @param older The module for older runtimes.
 */
export async function npmPackage(
  packed: Uint8Array<ArrayBuffer>,
  older: string,
): Promise<Uint8Array<ArrayBuffer>> {
  const files = new Map(await readTarball(packed));
  const information = JSON.parse(decoder.decode(files.get("package/package.json")));
  files.set(olderRuntimes.file, encoder.encode(older));
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
      { ...rest, ...facts, dependencies: { ...dependencies, ...olderRuntimes.dependencies } },
      null,
      2,
    )),
  );
  return await writeTarball(reached);
}

/** Imports the module for older runtimes before anything else. */
function prepend(files: Map<string, Uint8Array<ArrayBuffer>>, path: string): void {
  const up = "../".repeat(path.split("/").length - 2) || "./";
  const text = decoder.decode(files.get(path));
  files.set(path, encoder.encode(`import "${up}older_runtimes.js";\n${text}`));
}

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
    let text = olderSyntax(
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
    made.set(path, encoder.encode(text));
  }
  return made;
}

/** Rewrites what Node 20 cannot parse: `using` and `await using`. */
function olderSyntax(text: string): string {
  if (!/\busing \w+ =/.test(text)) return text;
  const compilerOptions = { target: ScriptTarget.ES2022, module: ModuleKind.ESNext };
  return transpileModule(text, { compilerOptions }).outputText;
}
