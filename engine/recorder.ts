import type { AdapterFacts } from "./adapter.ts";
import type { DType, HostArrays } from "./dtype.ts";
import {
  type Cost,
  type Inputs,
  type Lowering,
  presentInputs,
  type Spec,
  type Ways,
} from "./op.ts";
import { checkShape, formatShape, sameShape, type Shape } from "./shape.ts";
import type { AnyTensor, Operand, Tensor } from "./tensor.ts";
import { checkData } from "./upload.ts";

/** A recorded use of an operation whose gradient is wanted. */
export interface Differentiation<I extends Inputs, A> {
  /** The operands. */
  readonly inputs: I;
  /** What it computed. */
  readonly y: Tensor;
  /** Upstream gradient: of the loss with respect to what it computed. */
  readonly dy: Tensor;
  /** What it was recorded with. */
  readonly attrs: A;
  /** Whether the gradient with respect to this operand is wanted; others need not be recorded. */
  wants(name: keyof I): boolean;
}

/**
 * Gradient with respect to an operand. Where the operand is used elsewhere too, gradients are added;
 * a kernel that can add one on its way gives a function of what is `known` so far, if anything.
 */
export type Derivative = Tensor | ((known: Tensor | undefined) => Tensor);

/** Gradients of the loss with respect to the operands, as far as they are wanted. */
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
  /** Its ways to run beside the usual one, by sizes and adapter; left out where it has one way only. */
  ways?(inputs: I, attrs: A, adapter: AdapterFacts): Ways;
  /** What a run costs, by the sizes. */
  cost(inputs: I, attrs: A): Cost;
  /** Records gradients with respect to the operands; left out where the operation has none. */
  gradient?(recorder: Recorder, job: Differentiation<I, A>): Derivatives<I>;
  /** Whether its results are constants for gradients, as parameters are that an optimiser has updated. */
  readonly stopsGradients?: boolean;
}

/** An operation of any kind, as plans and tests hold it. */
// deno-lint-ignore no-explicit-any
export type AnyOp = Op<any, any, any>;

/** One recorded call of an operation. */
export interface Application {
  /** The operation. */
  readonly op: AnyOp;
  /** `layer_norm[B=4,T=197,D=768]`. */
  readonly label: string;
  /** Its operands by name. */
  readonly inputs: Inputs;
  /** Its results. */
  readonly outputs: readonly [AnyTensor, ...AnyTensor[]];
  /** Its attributes. */
  readonly attrs: unknown;
}

/** A table of numbers that is part of the recording; uploaded when the plan is built. */
export interface Constant {
  /** The tensor that operations take. */
  readonly tensor: AnyTensor;
  /** Its elements. */
  readonly data: ArrayBufferView<ArrayBuffer>;
}

/**
 * Records what a model function does. Nothing runs meanwhile: every call checks its operands, infers
 * the shapes of its outputs, and adds one application to the list.
 */
export class Recorder {
  /** The tensors that are filled before a run, by name. */
  readonly inputs: Map<string, AnyTensor> = new Map();
  /** The tables, which are uploaded once. */
  readonly constants: Constant[] = [];
  /** The operations recorded so far, in order. */
  readonly applications: Application[] = [];
  /** Inputs, each with the tensor that it is a copy of after a run. */
  readonly assignments: Map<AnyTensor, AnyTensor> = new Map();
  readonly #own = new WeakSet<AnyTensor>();

  /** A tensor that the caller fills before each run with `plan.write(name, data)`. */
  input<D extends DType = "f32">(name: string, shape: Shape, dtype?: D): Tensor<D> {
    if (this.inputs.has(name)) {
      throw new TypeError(`Cannot record input "${name}": the recording has one of that name`);
    }
    checkShape(`record input "${name}"`, shape);
    const tensor = this.#tensor(name, shape, dtype ?? ("f32" as D));
    this.inputs.set(name, tensor);
    return tensor;
  }

  /** A tensor with fixed contents, uploaded once. */
  constant<D extends DType>(label: string, shape: Shape, dtype: D, data: HostArrays[D]): Tensor<D> {
    checkShape(`record constant "${label}"`, shape);
    checkData(`record constant "${label}"`, { shape, dtype }, data);
    const tensor = this.#tensor(label, shape, dtype);
    this.constants.push({ tensor, data });
    return tensor;
  }

  /** Records one operation. Each kernel wraps this in a function of its own, which models call. */
  apply<I extends Inputs, A, D extends DType>(
    op: Op<I, A, D>,
    inputs: I,
    attrs: A,
  ): readonly [Tensor<D>, ...Tensor<D>[]] {
    for (const [name, operand] of presentInputs(inputs)) {
      this.checkOwned(`${op.name}: ${name}`, operand);
    }
    const specs = op.infer(inputs, attrs);
    const label = `${op.name}[${op.describe(inputs, attrs)}]`;
    const [first, ...rest] = specs.map(({ shape, dtype }, i) =>
      this.#tensor(specs.length > 1 ? `${label}.${i}` : label, shape, dtype)
    );
    if (first === undefined) throw new TypeError(`Cannot record ${label}: it has no output`);
    const outputs = [first, ...rest] as const;
    this.applications.push({ op, label, inputs, outputs, attrs });
    return outputs;
  }

  /**
   * Makes `input` hold `value` after every run of the plan, so that the next run continues from what
   * this one computed, as a training step does with the weights that it updates. All assignments of a
   * run happen at once: each one reads the value from before any of them.
   */
  assign(input: AnyTensor, value: AnyTensor): void {
    if (this.inputs.get(input.label) !== input) {
      throw new TypeError(`Cannot assign to "${input.label}": it is no input of this recording`);
    }
    if (!sameShape(input.shape, value.shape) || input.dtype !== value.dtype) {
      throw new TypeError(
        `Cannot assign ${value.dtype} ${formatShape(value.shape)} to "${input.label}": ` +
          `wanted ${input.dtype} ${formatShape(input.shape)}`,
      );
    }
    if (input === value) {
      throw new TypeError(`Cannot assign "${input.label}" to itself: wanted another tensor`);
    }
    this.checkOwned(`assign: "${input.label}" to`, value);
    this.assignments.set(input, value);
  }

  /** Throws unless an operand or a returned tensor belongs to this recording or has memory. */
  checkOwned(what: string, operand: Operand): void {
    const storage = operand.kind === "packed" ? operand.storage : operand;
    if (storage.place || (storage.kind === "tensor" && this.#own.has(storage))) return;
    throw new TypeError(
      `Cannot record ${what} "${operand.label}" has no memory and is not of this ` +
        `recording: its weights or its plan were disposed, or it comes from another recording`,
    );
  }

  #tensor<D extends DType>(label: string, shape: Shape, dtype: D): Tensor<D> {
    const tensor: Tensor<D> = { kind: "tensor", label, shape: [...shape], dtype };
    this.#own.add(tensor);
    return tensor;
  }
}
