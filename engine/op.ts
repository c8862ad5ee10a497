import type { DType } from "./dtype.ts";
import type { AdapterFacts } from "./adapter.ts";
import type { Recorder } from "./recorder.ts";
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

/** Plain numbers with a shape: what the float64 references take and give. */
export interface Values {
  /** Sizes of the axes. */
  readonly shape: Shape;
  /** The elements, row by row. */
  readonly data: Float64Array;
}

/** The values of each operand, optional where the operand is. */
export type InputValues<I extends Inputs> = { readonly [K in keyof I]: Values };

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

/** A recorded use of an operation whose gradient is wanted. */
export interface Differentiation<I extends Inputs, A> {
  /** The operands. */
  readonly inputs: I;
  /** What it computed. */
  readonly y: Tensor;
  /** The derivative of the loss by what it computed. */
  readonly dy: Tensor;
  /** What it was recorded with. */
  readonly attrs: A;
  /** Whether the derivative by this operand is wanted; the others need not be recorded. */
  wants(name: keyof I): boolean;
}

/**
 * A derivative by an operand. Where the operand is used elsewhere too, the derivatives are added; a
 * kernel that can add on its way gives a function of what is `known` already, if anything.
 */
export type Derivative = Tensor | ((known: Tensor | undefined) => Tensor);

/** The derivatives of the loss by the operands, as far as they are wanted. */
export type Derivatives<I extends Inputs> = { readonly [K in keyof I]?: Derivative | undefined };

/**
 * Everything that the engine knows of an operation. It lives in the operation's own folder; the
 * engine never names one.
 */
export interface Op<I extends Inputs, A, D extends DType = "f32"> {
  /** In labels and lists. */
  readonly name: string;
  /** What the outputs will be. Throws where the operands do not fit, with the shapes. */
  infer(inputs: I, attrs: A): readonly [Spec<D>, ...Spec<D>[]];
  /** The sizes for labels, such as `B=4,T=197,D=768`. */
  describe(inputs: I, attrs: A): string;
  /** Adds the dispatches that compute the outputs. */
  lower(job: Lowering<I, A, D>): void;
  /** The same in float64, by the plainest loops, and more careful than the kernel. */
  reference(inputs: InputValues<I>, attrs: A): readonly [Values, ...Values[]];
  /** What a run costs, by the sizes. */
  cost(inputs: I, attrs: A): Cost;
  /** Records the derivatives by the operands; left out where the operation has none. */
  gradient?(recorder: Recorder, job: Differentiation<I, A>): Derivatives<I>;
  /**
   * How many roundings of the working precision pile up in one output element, in the sense of
   * docs/numerics.md; 0 where the result is exact.
   */
  roundings(inputs: I, attrs: A): number;
}

/** An operation of any kind, as plans and tests hold it. */
// deno-lint-ignore no-explicit-any
export type AnyOp = Op<any, any, any>;

/** The operands that are really there, by name. */
export function presentInputs(inputs: Inputs): [string, Operand][] {
  return Object.entries(inputs).filter((entry): entry is [string, Operand] =>
    entry[1] !== undefined
  );
}
