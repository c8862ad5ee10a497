import {
  type AnyTensor,
  type DType,
  type Inputs,
  type Op,
  type Operand,
  type Recorder,
  type Reference,
  Rng,
  type Shader,
  type Shape,
} from "../engine/mod.ts";

/** What fills an operand of a case: one number for each element. */
export type Fill = (rng: Rng, index: number) => number;

/** Numbers from the standard normal distribution: what activations look like. */
export const normal: Fill = (rng) => rng.normal();

/** Whole numbers below a bound: ids, bytes, indices. */
export const below = (bound: number): Fill => (rng) => rng.integer(0, bound - 1);

/** An operand of a case. */
export type CaseOperand =
  | {
    readonly kind: "tensor";
    readonly shape: Shape;
    readonly dtype: DType;
    readonly fill: Fill;
  }
  | {
    readonly kind: "packed";
    /** `[K, N]`. */
    readonly shape: Shape;
    /** The family to pack for; the adapter's own if left out. */
    readonly layout?: string;
    readonly store: "f32" | "f16";
    readonly fill: Fill;
  };

/** A tensor operand; normal float32 numbers unless said otherwise. */
export function tensor(shape: Shape, fill: Fill = normal, dtype: DType = "f32"): CaseOperand {
  return { kind: "tensor", shape, dtype, fill };
}

/**
 * One case of a kernel. The same list drives correctness (against float64), speed, and, where the
 * kernel has one, its gradient.
 */
export interface Case<A> {
  /** The operands, by their names. */
  readonly inputs: Readonly<Record<string, CaseOperand | undefined>>;
  /** What it is recorded with. */
  readonly attrs: A;
  /** Tells cases of the same sizes apart: part of the printed name. */
  readonly note?: string | undefined;
  /**
   * How much the operands magnify rounding errors, where it is more than about 1: for instance the
   * mean of a row over its standard deviation. The NMSE tolerance grows with its square (docs/numerics.md).
   */
  readonly condition?: number;
  /**
   * Whether each row of the result is as exact as the whole: tiny rows count as much as large ones. For
   * operations whose rows do not cancel.
   */
  readonly perRow?: boolean;
  /** A shape that the models use: these are timed by the benchmark. */
  readonly model?: boolean;
}

/** Operands that a kernel must refuse, and a part of what it must say. */
export interface Refusal<A> extends Pick<Case<A>, "inputs" | "attrs"> {
  /** What the error must hold. */
  readonly says: string;
}

/** One entry of the kernel list: an operation with what tests and benchmarks need. */
export interface Kernel<I extends Inputs, A = Record<string, never>, D extends DType = "f32">
  extends Reference<I, A> {
  /** What it computes: an operation, or the description of a composition of several. */
  readonly op:
    & Pick<Op<I, A, D>, "name" | "describe" | "cost">
    & Partial<Pick<Op<I, A, D>, "gradient">>;
  /** Records it, as a model would. */
  record(recorder: Recorder, inputs: I, attrs: A): AnyTensor | readonly AnyTensor[];
  /** Every shader that it can dispatch; tests compile them in all variants. */
  readonly shaders: readonly Shader[];
  /** What it is compared on; another seed draws other random ones, of which a few may fall together. */
  cases(seed?: number): readonly Case<A>[];
  /** What it must refuse. */
  readonly refusals: readonly Refusal<A>[];
}

/** A kernel of any kind, as the list holds it. */
// deno-lint-ignore no-explicit-any
export type AnyKernel = Kernel<any, any, DType>;

/** An operation's proof: everything of its entry in the list that does not follow from it. */
interface Proof<I extends Inputs, A, D extends DType>
  extends
    Pick<Kernel<I, A, D>, "reference" | "roundings">,
    Partial<Pick<Kernel<I, A, D>, "record" | "shaders" | "refusals">> {
  /** Its cases; random ones are drawn from `rng`. */
  cases(rng: Rng): readonly Case<A>[];
}

/**
 * An entry of the kernel list, whose random cases are the same each time, by a seed. If left out, nothing
 * is refused, the shaders are those of the operation, and that is what is recorded: a composition of
 * several says how.
 */
export function prove<I extends Inputs, A, D extends DType = "f32">(
  op: Kernel<I, A, D>["op"] & { readonly shaders?: readonly Shader[] },
  seed: number,
  proof: Proof<I, NoInfer<A>, D>,
): Kernel<I, A, D> {
  return {
    op,
    shaders: op.shaders ?? [],
    refusals: [],
    record: (r, inputs, attrs) => r.apply(op as Op<I, A, D>, inputs, attrs),
    ...proof,
    cases: (other = seed) => proof.cases(new Rng(other)),
  };
}

/** Enough of a case's operands for `describe()`, `cost()` and `roundings()`: shapes and kinds. */
export function sketchOperands({ inputs }: Case<unknown>): Record<string, Operand> {
  return Object.fromEntries(
    Object.entries(inputs).flatMap(([name, operand]) =>
      operand === undefined ? [] : [[name, { label: name, ...operand } as unknown as Operand]]
    ),
  );
}

/** The name of a case: `layer_norm[rows=4,D=768]`, then its note. */
export function caseName({ op }: AnyKernel, test: Case<unknown>): string {
  const name = `${op.name}[${op.describe(sketchOperands(test), test.attrs)}]`;
  return test.note === undefined ? name : `${name} ${test.note}`;
}
