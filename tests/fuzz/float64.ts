import {
  type AnyTensor,
  type Inputs,
  type Operand,
  type Plan,
  presentInputs,
  Rng,
  tolerance,
  unitRoundoff,
  type Values,
} from "../../engine/mod.ts";
import type { AnyKernel } from "../../kernels/kernel.ts";
import { kernels } from "../../kernels/proofs.ts";

const proofs = new Map(kernels.map((kernel) => [kernel.op, kernel]));

/** Changes numbers that an operation takes, or gives after so many roundings. */
type Disturb = (values: Values, roundings?: number) => Values;

/** Evaluates a plan in float64; `disturb` may change what operations take and give. */
function evaluate(
  plan: Plan,
  given: ReadonlyMap<Operand, Values>,
  wanted: readonly AnyTensor[],
  disturb?: Disturb,
): Values[] {
  const known = new Map<Operand, Values>(given);
  for (const { op, inputs, outputs, attrs } of plan.applications) {
    const kernel = proofs.get(op) as AnyKernel;
    const operands = Object.fromEntries(
      presentInputs(inputs).map(([name, operand]) => {
        const values = known.get(operand) as Values;
        const whole = operand.kind === "tensor" && operand.dtype !== "f32";
        return [name, whole ? values : disturb?.(values) ?? values];
      }),
    );
    const results = kernel.reference(operands, attrs);
    const roundings = kernel.roundings(inputs as Inputs, attrs);
    for (const [i, output] of outputs.entries()) {
      const values = results[i] as Values;
      const whole = output.dtype !== "f32";
      known.set(output, whole ? values : disturb?.(values, roundings) ?? values);
    }
  }
  return wanted.map((tensor) => known.get(tensor) as Values);
}

const draws = 3;

/**
 * What a plan gives in float64, and how far rounding may carry each result (a sum of squares): found by
 * evaluations in which every operation errs by as much as its roundings explain, and takes operands
 * that do.
 */
export function evaluateProgram(
  plan: Plan,
  given: ReadonlyMap<Operand, Values>,
  wanted: readonly AnyTensor[],
): { results: Values[]; noise: number[] } {
  const results = evaluate(plan, given, wanted);
  const noise = results.map(() => 0);
  for (let seed = 1; seed <= draws; seed++) {
    const rng = new Rng(seed);
    const noisy = evaluate(plan, given, wanted, ({ shape, data }, roundings) => {
      // What an operation takes errs by a rounding of each number, what it gives by more, of any number.
      const rms = Math.sqrt(sumOfSquares(data) / data.length);
      const error = Math.sqrt(tolerance(roundings ?? 1));
      return {
        shape,
        data: data.map((value) => value + error * rng.normal() * (roundings ? rms : value)),
      };
    });
    for (const [i, values] of results.entries()) {
      const distance = sumOfSquares(
        values.data.map((value, j) => value - (noisy[i]?.data[j] ?? NaN)),
      );
      noise[i] = Math.max(noise[i] ?? 0, distance);
    }
  }
  return { results, noise };
}

/** Results may be this many times further off than in the noisy evaluations. */
const slack = 10;

/** Throws where a result is further off than rounding explains. */
export function compareWithNoise(
  name: string,
  got: Float64Array,
  wanted: Values,
  noise: number,
): void {
  const distance = sumOfSquares(wanted.data.map((value, i) => value - (got[i] ?? NaN)));
  const least = 64 * unitRoundoff.f32 ** 2 * sumOfSquares(wanted.data) + 1e-24 * got.length;
  const allowed = slack ** 2 * noise + least;
  if (!(distance <= allowed)) {
    throw new Error(
      `off: ${name}: ${
        Math.sqrt(distance / allowed).toExponential(1)
      } times what rounding explains`,
    );
  }
}

/** A recorded derivative: of what, by which input. */
export interface Slope {
  readonly of: AnyTensor;
  readonly by: AnyTensor;
  readonly derivative: AnyTensor;
}

/** Checks a derivative against differences of four points, all in float64. */
export function checkSlope(
  plan: Plan<AnyTensor[]>,
  given: ReadonlyMap<Operand, Values>,
  { of, by, derivative }: Slope,
): void {
  const start = given.get(by) as Values;
  const slope = given.get(plan.inputs.get("slope") as AnyTensor) as Values;
  const [gradient] = evaluate(plan, given, [derivative]) as [Values];
  const rng = new Rng(9), direction = start.data.map(() => rng.normal());
  const along = (distance: number) => {
    const data = start.data.map((x, i) => x + distance * (direction[i] ?? NaN));
    const moved = new Map(given).set(by, { shape: start.shape, data });
    const [y] = evaluate(plan, moved, [of]) as [Values];
    return dot(y.data, slope.data);
  };
  const got = dot(gradient.data, direction);
  const size = Math.sqrt(sumOfSquares(gradient.data) * sumOfSquares(direction)) +
    1e-3 * Math.sqrt(sumOfSquares(slope.data));
  // Small steps lose digits, large ones cross the kinks of ReLU: one of them is right.
  const errors = [1e-3, 1e-4, 1e-5, 1e-6, 1e-7].map((step) => {
    const difference = (along(-2 * step) - 8 * along(-step) + 8 * along(step) - along(2 * step)) /
      (12 * step);
    return Math.abs(got - difference) / size;
  });
  if (!(Math.min(...errors) < 1e-5)) {
    throw new Error(
      `slope: by ${by.label}: ${Math.min(...errors).toExponential(1)} of its size off`,
    );
  }
}

const dot = (a: Float64Array, b: Float64Array) =>
  a.reduce((sum, value, i) => sum + value * (b[i] ?? NaN), 0);
const sumOfSquares = (numbers: Float64Array) => dot(numbers, numbers);
