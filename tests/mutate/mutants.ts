import { type Flags, Rng, type Shader, shaderVariants } from "../../engine/mod.ts";
import type { AnyKernel } from "../../kernels/kernel.ts";
import type { KernelFolder } from "./folders.ts";
import { type LineMutation, mutateLine } from "./line_mutations.ts";

/** A small change of a shader, in memory, or of TypeScript. */
export interface Mutant extends LineMutation {
  /** The folder of the kernels whose cases must notice it. */
  readonly folder: string;
  /** The kernel and its shader's place in the list; none for TypeScript, which all of a folder run. */
  readonly shader?: { readonly kernel: string; readonly at: number } | undefined;
  /** The shader's name, or the file's address. */
  readonly file: string;
}

/**
 * Draws so many different mutants of a folder: the same for the same seed, whatever else is mutated.
 * Files are taken in turn, so that one that is written out does not outweigh the others.
 */
export function drawMutants(folder: KernelFolder, count: number, seed: number): Mutant[] {
  const letters = [...folder.name].map((letter) => letter.charCodeAt(0));
  const rng = new Rng(letters.reduce((sum, code) => Math.imul(sum, 31) + code, seed));
  const byFile = [...Map.groupBy(mutantsOf(folder), ({ file }) => file).values()];
  const drawn: Mutant[] = [];
  while (drawn.length < count && byFile.length > 0) {
    for (const mutants of byFile.slice(0, count - drawn.length)) {
      drawn.push(...mutants.splice(rng.integer(0, mutants.length - 1), 1));
      if (mutants.length === 0) byFile.splice(byFile.indexOf(mutants), 1);
    }
  }
  return drawn;
}

/** Every mutant of a folder, each once: a file's line that several kernels share is one. */
export function mutantsOf(folder: KernelFolder): Mutant[] {
  const all = [
    ...folder.kernels.flatMap((kernel) => mutantsOfShaders(folder.name, kernel)),
    ...folder.files.flatMap(({ file, text }) => mutantsOfFile(folder.name, file, text)),
  ];
  return [
    ...new Map(all.map((mutant) => [`${mutant.file}\n${mutant.from}\n${mutant.to}`, mutant]))
      .values(),
  ];
}

function mutantsOfShaders(folder: string, { op, shaders }: AnyKernel): Mutant[] {
  return shaders.flatMap((shader, at) =>
    [...linesOf(shader)].flatMap((line) =>
      [...mutateLine(line)].map((mutation) => ({
        ...mutation,
        folder,
        shader: { kernel: op.name, at },
        file: shader.name,
      }))
    )
  );
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
    const count = (before: string) =>
      text.match(new RegExp(`${before}\\b${name}\\(`, "gm"))?.length ?? 0;
    // Two settings of a flag may each bring one.
    if (count("") === count("^fn ") && name !== "main" && !name?.startsWith("compute_")) {
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

/** Of an operation's own file: what its dispatch is made of, not its labels, costs and gradients. */
function mutantsOfFile(folder: string, file: string, text: string): Mutant[] {
  return text
    .replace(/^import [^;]*;/gm, "")
    .replace(
      /^( {2,4})(describe|cost|gradient|flops)\b[^\n]*(\n\1 [^\n]*)*(\n\1[})\]][^\n]*)?/gm,
      "",
    )
    .split("\n")
    .filter((line) =>
      !/^\s*(\/?\*|\/\/|readonly|return recorder\.apply|export (type|interface)|(bytes|flops):)|`Cannot/
        .test(line)
    )
    .flatMap((line) => [...mutateLine(line)])
    .filter(({ from }) => text.split(from).length === 2)
    .map((mutation) => ({ ...mutation, folder, file }));
}
