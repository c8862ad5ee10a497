import type { DType, Inputs, Tensor } from "../engine/mod.ts";
import { bindOperands, costOf, type Launched, type LaunchedOp, launchedShader } from "./launch.ts";
import prelude from "./rowwise.wgsl" with { type: "text" };
import { scheduleRows } from "./schedule.ts";
import { describeRows, rowsOf } from "./shapes.ts";

/** A kernel whose WGSL computes a row: `fn compute_row(row: u32, base: u32, lane: u32)`. */
export interface Rowwise<I extends Inputs, A, D extends DType>
  extends Omit<Launched<I, A, D>, "infer" | "describe"> {
  /** The shape of the first operand if left out. */
  infer?: Launched<I, A, D>["infer"];
  /** The rows and columns of the first operand if left out. */
  describe?: Launched<I, A, D>["describe"];
  /** The longest row, in `E`, that one invocation may sum; 32 if left out. */
  readonly longest?: number;
}

/**
 * An operation on the rows of its first operand. The launcher owns which invocation takes which
 * columns of which row, reductions over a row, the grid, and `params.rows` and `params.columns`.
 */
export function rowwise<I extends Inputs, A = Record<string, never>, D extends DType = "f32">(
  rows: Rowwise<I, A, D>,
): LaunchedOp<I, A, D> {
  const [key] = Object.keys(rows.reads) as [keyof I & string];
  const firstOf = (inputs: I) => inputs[key] as Tensor;
  const kernel: Launched<I, A, D> = {
    infer: (inputs) => [{ shape: firstOf(inputs).shape, dtype: "f32" as D }],
    describe: (inputs) => describeRows(firstOf(inputs)),
    ...rows,
  };
  const shader = launchedShader(kernel, {
    prelude,
    fields: "  rows: u32,\n  columns: u32, // of E\n",
    flags: { ROW_PER_INVOCATION: [false, true] },
  });
  return {
    ...kernel,
    shaders: [shader],
    lower(job) {
      const { per, flags, params, bindings } = bindOperands(kernel, job);
      const { rows: count, width } = rowsOf(firstOf(job.inputs).shape);
      const { rowPerInvocation, invocations, workgroups } = scheduleRows(
        job.adapter,
        count,
        width / per,
        rows.longest,
      );
      job.dispatch({
        shader,
        flags: { ...flags, ROW_PER_INVOCATION: rowPerInvocation },
        constants: { INVOCATIONS: invocations },
        params: { rows: count, columns: width / per, ...params },
        bindings,
        workgroups,
      });
    },
    cost: (inputs, attrs) => costOf(kernel, inputs, attrs),
  };
}
