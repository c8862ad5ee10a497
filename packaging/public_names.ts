import project from "../deno.json" with { type: "json" };

/** What `deno doc --json` tells of a module. */
interface Documented {
  readonly nodes: Readonly<
    Record<string, {
      readonly symbols: readonly {
        readonly name: string;
        readonly declarations: readonly { readonly kind: string }[];
      }[];
    }>
  >;
}

/** The page that lists what is public, so that a change of it is seen in review. */
export const publicNamesPage = new URL("../docs/public-names.md", import.meta.url);

/** The text of that page: the names that each entry of the package exports, by kind. */
export async function listPublicNames(): Promise<string> {
  const parts = [
    "# Public names",
    "",
    "What each entry of the package exports. `./autt pack --names` writes this page; a test compares",
    "it with the code, so that nothing becomes public, or stops being so, by accident.",
  ];
  for (const [entry, file] of Object.entries(project.exports)) {
    const { stdout, code } = await new Deno.Command("deno", {
      args: ["doc", "--json", file],
      cwd: new URL("../", import.meta.url),
      stdin: "null",
    }).output();
    if (code !== 0) {
      throw new Error(`Cannot list what ${file} exports: deno doc ended with ${code}`);
    }
    const { nodes } = JSON.parse(new TextDecoder().decode(stdout)) as Documented;
    const names = Object.values(nodes).flatMap(({ symbols }) => symbols);
    const kinds = Map.groupBy(names, ({ declarations }) => kindOf(declarations[0]?.kind ?? ""));
    parts.push("", `## ${entry}`);
    for (const [kind, some] of [...kinds].sort(([a], [b]) => a < b ? -1 : 1)) {
      const list = [...new Set(some.map(({ name }) => `\`${name}\``))].sort().join(", ");
      parts.push("", `${kind}: ${list}`);
    }
  }
  return parts.join("\n") + "\n";
}

const kindOf = (kind: string) =>
  kind === "interface" || kind === "typeAlias" ? "Types" : kind === "class" ? "Classes" : "Values";
