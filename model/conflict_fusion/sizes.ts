import type { Shape } from "../../engine/mod.ts";

/** What a clip may be known by. */
export const modalities = ["video", "text", "audio"] as const;
/** One of `modalities`. */
export type Modality = typeof modalities[number];

/** A modality that a model takes. */
export interface ModalitySize {
  readonly name: Modality;
  /** The width of its embedding. */
  readonly width: number;
  /** Whether a clip may lack it: then a learned vector stands for it. */
  readonly mayLack: boolean;
}

/** The two forms of conflict fusion. */
export const conflictForms = ["mlp", "transformer"] as const;

/**
 * What they are compared with: one layer on the embeddings side by side, which can't learn that two
 * disagree, and the perceptron without differences and products, which learns it later.
 */
export const plainForms = ["linear", "concatenation"] as const;

/** The sizes of a conflict fusion model. */
export interface ConflictSizes {
  readonly form: typeof conflictForms[number] | typeof plainForms[number];
  /** In the order of the tokens. Every two of them are compared. */
  readonly modalities: readonly ModalitySize[];
  /** d: what each modality is projected to. */
  readonly width: number;
  /** The perceptron's hidden width. */
  readonly hidden: number;
  /** Blocks of the transformer, and their heads. */
  readonly layers: number;
  readonly heads: number;
  readonly classes: number;
}

/** The usual sizes for these modalities. */
export function usualConflictSizes(
  form: ConflictSizes["form"],
  used: readonly ModalitySize[],
): ConflictSizes {
  return { form, modalities: used, width: 64, hidden: 128, layers: 2, heads: 4, classes: 2 };
}

/** Every two modalities, in the order of their tokens. */
export function pairsOf<T>(items: readonly T[]): [T, T][] {
  return items.flatMap((a, i) => items.slice(i + 1).map((b): [T, T] => [a, b]));
}

/** Tokens without the class token: the modalities, and mostly a difference and a product of every two. */
export function tokenCount({ form, modalities }: ConflictSizes): number {
  return form === "concatenation" ? modalities.length : modalities.length ** 2;
}

/** Every parameter with its shape in PyTorch's layout, the outputs first. */
export function conflictShapes(sizes: ConflictSizes): Map<string, Shape> {
  const { width: d, hidden, classes } = sizes, tokens = tokenCount(sizes);
  const shapes = new Map<string, Shape>();
  const linear = (name: string, inputs: number, outputs: number) =>
    shapes.set(`${name}.weight`, [outputs, inputs]).set(`${name}.bias`, [outputs]);
  const norm = (name: string, columns: number) =>
    shapes.set(`${name}.weight`, [columns]).set(`${name}.bias`, [columns]);
  if (sizes.form === "linear") {
    linear("head", sizes.modalities.reduce((sum, { width }) => sum + width, 0), classes);
    return shapes;
  }
  for (const { name, width, mayLack } of sizes.modalities) {
    linear(name, width, d);
    if (mayLack) shapes.set(`no_${name}`, [d]);
  }
  if (sizes.form === "transformer") {
    shapes.set("cls", [d]).set("kinds", [tokens, d]);
    for (let i = 0; i < sizes.layers; i++) {
      norm(`blocks.${i}.ln1`, d);
      linear(`blocks.${i}.qkv`, d, 3 * d);
      linear(`blocks.${i}.proj`, d, d);
      norm(`blocks.${i}.ln2`, d);
      linear(`blocks.${i}.fc1`, d, hidden);
      linear(`blocks.${i}.fc2`, hidden, d);
    }
    norm("ln", d);
    linear("head", d, classes);
  } else {
    norm("ln", tokens * d);
    linear("fc", tokens * d, hidden);
    linear("head", hidden, classes);
  }
  if (sizes.modalities.some(({ name }) => name === "text")) {
    linear("aux1", d, d);
    linear("aux2", d, classes);
  }
  return shapes;
}
