/** An import of one file by another, by their paths from the root of the checkout. */
export interface Import {
  readonly from: string;
  readonly to: string;
  /** Whether only types are imported, so that nothing is loaded. */
  readonly typesOnly?: boolean;
}

/** What `deno info --json` gives, as far as it is used here. */
interface Info {
  readonly modules: readonly {
    readonly specifier: string;
    readonly dependencies?: readonly {
      readonly code?: { readonly specifier?: string };
      readonly type?: { readonly specifier?: string };
    }[];
  }[];
}

/** Every import of one file below `root` by another: of types and of texts too, at the start or later. */
export async function readImports(root: URL, files: readonly URL[]): Promise<Import[]> {
  const folder = await Deno.makeTempDir();
  try {
    const entry = `${folder}/all.ts`;
    await Deno.writeTextFile(entry, files.map(({ href }) => `import "${href}";\n`).join(""));
    const { code, stdout, stderr } = await new Deno.Command("deno", {
      args: [
        "info",
        "--json",
        "--config",
        "deno.json",
        "--no-lock",
        "--no-npm",
        "--no-remote",
        entry,
      ],
      cwd: root,
      stdin: "null",
    }).output();
    const texts = new TextDecoder();
    if (code !== 0) throw new Error(`Cannot read the imports: ${texts.decode(stderr).trim()}`);
    const { modules }: Info = JSON.parse(texts.decode(stdout));
    const here = (specifier: string | undefined) =>
      specifier?.startsWith(root.href) ? specifier.slice(root.href.length) : undefined;
    return modules.flatMap(({ specifier, dependencies = [] }) => {
      const from = here(specifier);
      return from === undefined ? [] : dependencies.flatMap(({ code, type }) => {
        const to = here(code?.specifier ?? type?.specifier);
        return to === undefined ? [] : [{ from, to, typesOnly: code === undefined }];
      });
    });
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}
