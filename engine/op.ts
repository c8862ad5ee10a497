import type { DType } from "./dtype.ts";
import type { AdapterFacts } from "./adapter.ts";
import type { Flag, Shader } from "./shader.ts";
import type { Shape } from "./shape.ts";
import type { AnyTensor, Operand, Tensor, TexelFormat, Texture } from "./tensor.ts";

/** Shape and element type of a tensor that is still to be computed. */
export interface Spec<D extends DType = DType> {
  /** Sizes of the axes. */
  readonly shape: Shape;
  /** The type of the elements. */
  readonly dtype: D;
}

/** The operands of an operation by their mathematical names; an optional one may be left out. */
export type Inputs = object;

/** What a run of an operation costs: the two sides of the roofline. */
export interface Cost {
  /** Floating-point operations; a multiply-add is two. */
  readonly flops: number;
  /** Bytes that must move at least: every operand read once, every output written once. */
  readonly bytes: number;
}

/** One dispatch of a kernel. Names are those of the WGSL file; the engine checks that they match. */
export interface Dispatch {
  /** The WGSL. */
  readonly shader: Shader;
  /** What is filled in for `${NAME}` and `#if`. */
  readonly flags?: Readonly<Record<string, Flag>>;
  /** `override` constants. */
  readonly constants?: Readonly<Record<string, number>>;
  /** The fields of `struct Params`. */
  readonly params?: Readonly<Record<string, number>>;
  /** What is bound, by the names in the WGSL. */
  readonly bindings: Readonly<Record<string, AnyTensor | Texture | undefined>>;
  /** Workgroups an axis. */
  readonly workgroups: readonly [number, number?, number?];
}

/** Ways to run an operation beside its usual one, of which the device may measure the fastest. */
export interface Ways {
  /** Their names: `lower()` is given the one that was chosen. */
  readonly names: readonly string[];
  /** How many roundings pile up in one output element, in the sense of docs/numerics.md. */
  readonly roundings: number;
}

/** One operation being turned into dispatches. */
export interface Lowering<I extends Inputs, A, D extends DType> {
  /** The operands. */
  readonly inputs: I;
  /** What it computes. */
  readonly outputs: readonly [Tensor<D>, ...Tensor<D>[]];
  /** What it was recorded with. */
  readonly attrs: A;
  /** What may decide which dispatches to use. */
  readonly adapter: AdapterFacts;
  /** The way to run it, of those that it has; none for its usual one. */
  readonly way: string | undefined;
  /** Adds a dispatch; they run in the order in which they are added. */
  dispatch(dispatch: Dispatch): void;
  /** A buffer that lives only within this operation. */
  scratch(name: string, spec: Spec): AnyTensor;
  /** A texture that lives only within this operation. */
  scratchTexture(name: string, width: number, height: number, format: TexelFormat): Texture;
  /**
   * The same numbers as a texture, four to a texel, copied when first asked for: software adapters
   * read texels ten times faster than buffers. See `texelsPerLine` for the layout.
   */
  texels(tensor: AnyTensor): Texture;
  /** A table that is uploaded once, when the plan is built. */
  constant(name: string, data: Int32Array<ArrayBuffer> | Float32Array<ArrayBuffer>): AnyTensor;
}

/** The operands that are really there, by name. */
export function presentInputs(inputs: Inputs): [string, Operand][] {
  return Object.entries(inputs).filter((entry): entry is [string, Operand] =>
    entry[1] !== undefined
  );
}
