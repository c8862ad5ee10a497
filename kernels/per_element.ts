import {
  type Dispatch,
  type DType,
  elements,
  type Inputs,
  type Lowering,
  type Shader,
  type Shape,
} from "../engine/mod.ts";
import {
  bindOperands,
  costOf,
  type Launched,
  type LaunchedOp,
  type LaunchedShader,
  launchedShader,
} from "./launch.ts";
import prelude from "./per_element.wgsl" with { type: "text" };
import { scheduleFlat } from "./schedule.ts";

const launcher = { prelude, fields: "  count: u32,\n" };

/** A kernel whose WGSL computes one element of its result, or a few: `fn compute(i: u32)`. */
export interface PerElement<I extends Inputs, A, D extends DType> extends Launched<I, A, D> {
  /** Calls of `compute()`; one for each `E` of the first result if left out. */
  count?(inputs: I, attrs: A, y: Shape): number;
}

/**
 * An operation whose invocations each compute an element of the result. The launcher owns the flat
 * index, the grid and its guard, and `params.count`.
 */
export function perElement<I extends Inputs, A = Record<string, never>, D extends DType = "f32">(
  kernel: PerElement<I, A, D>,
): LaunchedOp<I, A, D> {
  const shader = launchedShader(kernel, launcher);
  return {
    ...kernel,
    shaders: [shader],
    lower(job) {
      const { per, params, ...rest } = bindOperands(kernel, job);
      const y = job.outputs[0].shape;
      // The last vec4 may pass the end into the padding that every tensor has.
      const count = kernel.count?.(job.inputs, job.attrs, y) ?? Math.ceil(elements(y) / per);
      launchPerElement(job, { shader, params: { count, ...params }, ...rest });
    },
    cost: (inputs, attrs) => costOf(kernel, inputs, attrs),
  };
}

/** The shader of one such kernel, for operations that launch several. */
export function perElementShader(kernel: LaunchedShader): Shader {
  return launchedShader(kernel, launcher);
}

/** Launches one such kernel for `params.count` elements. */
export function launchPerElement(
  { adapter, dispatch }: Pick<Lowering<never, never, DType>, "adapter" | "dispatch">,
  launch: Omit<Dispatch, "workgroups" | "constants"> & {
    readonly params: { readonly count: number };
  },
): void {
  const { invocations, workgroups } = scheduleFlat(adapter, launch.params.count);
  dispatch({ ...launch, constants: { INVOCATIONS: invocations }, workgroups });
}
