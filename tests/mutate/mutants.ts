import { type Flags, type Rng, type Shader, shaderVariants } from "../../engine/mod.ts";
import type { AnyKernel } from "../../kernels/kernel.ts";
import { type LineMutation, mutateLine } from "./line_mutations.ts";

/** A small change of a shader, in memory, or of an operation's TypeScript. */
export interface Mutant extends LineMutation {
  readonly kernel: string;
  /** The shader's place in the kernel's list; none for TypeScript. */
  readonly shader?: number | undefined;
  /** The shader's name, or the file's address. */
  readonly file: string;
}

/** Draws so many different mutants: kernels in turn, so that the longest do not outweigh the others. */
export async function drawMutants(
  kernels: readonly AnyKernel[],
  count: number,
  rng: Rng,
): Promise<Mutant[]> {
  const drawn = new Map<string, Mutant>();
  const lines = new Map<string, Promise<Mutant[]>>();
  for (let tries = 0; drawn.size < count && tries < 20 * count; tries++) {
    const kernel = kernels[tries % kernels.length] as AnyKernel, { name } = kernel.op;
    const all = await (lines.get(name) ?? lines.set(name, mutantsOf(kernel)).get(name)) ?? [];
    const mutant = all[rng.integer(0, all.length - 1)];
    if (mutant) drawn.set(JSON.stringify(mutant), mutant);
  }
  return [...drawn.values()];
}

async function mutantsOf(kernel: AnyKernel): Promise<Mutant[]> {
  const inShaders = kernel.shaders.flatMap((shader, index) =>
    [...linesOf(shader)].flatMap((line) =>
      [...mutateLine(line)].map((mutation) => ({
        ...mutation,
        kernel: kernel.op.name,
        shader: index,
        file: shader.name,
      }))
    )
  );
  return [...inShaders, ...await mutantsOfOperation(kernel.op.name)];
}

/** Variants of a generated shader whose lines are looked at. */
const variantsRead = 6;

/** The lines of a shader that compute: no declarations. */
function linesOf(shader: Shader): Set<string> {
  const variants = shaderVariants(shader), step = Math.ceil(variants.length / variantsRead);
  const texts = variants.filter((_, i) => i % step === 0)
    .map((flags) => withoutDead(sourceOf(shader, flags)));
  return new Set(
    texts.join("\n").split("\n").filter((line) =>
      /^\s/.test(line) && !/^\s*(\/\/|\w+: )|@|\$\{/.test(line)
    ),
  );
}

/** Without the functions that nothing calls: a prelude brings what other kernels need. */
function withoutDead(text: string): string {
  for (const [whole, name] of text.matchAll(/^fn (\w+)\([^]*?^\}$/gm)) {
    const uses = text.match(new RegExp(`\\b${name}\\(`, "g"))?.length ?? 0;
    if (uses === 1 && name !== "main" && !name?.startsWith("compute_")) {
      return withoutDead(text.replace(whole, ""));
    }
  }
  return text;
}

function sourceOf({ source }: Shader, flags: Flags): string {
  return typeof source === "function" ? source(flags) : source;
}

/** Puts a mutant's line into its shader; gives how to take it out and whether it was ever built. */
export function applyMutant(shader: Shader, { from, to }: LineMutation) {
  const original = shader.source;
  let built = false;
  const source = (flags: Flags) => {
    const lines = sourceOf({ ...shader, source: original }, flags).split("\n");
    built ||= lines.includes(from);
    return lines.map((line) => line === from ? to : line).join("\n");
  };
  Object.assign(shader, { source });
  return {
    get built() {
      return built;
    },
    undo: () => void Object.assign(shader, { source: original }),
  };
}

/** Of an operation's own file: what its dispatch is made of, not its sizes in lists or its refusals. */
async function mutantsOfOperation(kernel: string): Promise<Mutant[]> {
  // A gradient is in its own folder or beside its operation.
  const [found] =
    (await Promise.all([kernel, kernel.replace(/_gradient$/, "")].map(async (name) => {
      const file = new URL(`../../kernels/${name}/${name}.ts`, import.meta.url);
      return { file: file.href, text: await Deno.readTextFile(file).catch(() => "") };
    }))).filter(({ text }) => text !== "");
  const { file = "", text = "" } = found ?? {};
  const left = text
    .replace(/^import [^;]*;/gm, "")
    .replace(
      /^export const \w+ = [^]*?^\}\);$/gm,
      (declared) => /\bname: "(\w+)"/.exec(declared)?.[1] === kernel ? declared : "",
    )
    .replace(
      /^ {2}(infer|describe|cost|gradient|flops)\b[^\n]*(\n {3,}[^\n]*|\n {2}[})\]][^\n]*)*/gm,
      "",
    );
  return left.split("\n").filter((line) =>
    !/^\s*(\/?\*|\/\/|readonly|return recorder\.apply|export (type|interface))/.test(line)
  )
    .flatMap((line) => [...mutateLine(line)])
    .filter(({ from }) => text.split(from).length === 2)
    .map((mutation) => ({ ...mutation, kernel, file }));
}
