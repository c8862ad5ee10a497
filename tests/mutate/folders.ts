import type { AnyKernel } from "../../kernels/kernel.ts";

/** A folder below `kernels` as mutants need it. */
export interface KernelFolder {
  readonly name: string;
  /** What its proof exports. */
  readonly kernels: readonly AnyKernel[];
  /** Its TypeScript without the proof, and that of a launcher. */
  readonly files: readonly { readonly file: string; readonly text: string }[];
}

const root = new URL("../../kernels/", import.meta.url);

/** What many kernels are launched by, each beside one that uses all of it. */
const launchers: Readonly<Record<string, readonly string[]>> = {
  add: ["elementwise.ts"],
  layer_norm: ["rowwise.ts"],
  gather_rows: ["per_element.ts", "grid.ts"],
  divergence: ["launch.ts"],
};

/** The names of all folders that have a proof. */
export const folderNames: readonly string[] = [...Deno.readDirSync(root)]
  .filter(({ isDirectory }) => isDirectory).map(({ name }) => name).sort();

/** A folder with its kernels. */
export async function readFolder(name: string): Promise<KernelFolder> {
  const here = new URL(`${name}/`, root);
  const proof = await import(new URL("cases.ts", here).href);
  const own = [...Deno.readDirSync(here)].map((file) => file.name)
    .filter((file) => /\.ts$/.test(file) && !/^(cases|reference)\.ts$/.test(file)).sort()
    .map((file) => new URL(file, here));
  const files = [...own, ...(launchers[name] ?? []).map((file) => new URL(file, root))];
  return {
    name,
    kernels: Object.values(proof),
    files: files.map((file) => ({ file: file.href, text: Deno.readTextFileSync(file) })),
  };
}
