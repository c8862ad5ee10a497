import type { Recorder, Tensor } from "../../engine/mod.ts";
import { adamw, adamwCorrection, grad } from "../../kernels/mod.ts";
import type { Layout } from "./layout.ts";
import { parameterInputs, type Weights } from "./parameters.ts";

/** Parameters as inputs of a plan, with Adam's two moments of each. */
export interface Learning {
  readonly weights: Weights;
  readonly m: Weights;
  readonly v: Weights;
}

/** Records what learns as inputs: `NAME`, `m.NAME` and `v.NAME`. */
export function learningInputs(r: Recorder, layouts: ReadonlyMap<string, Layout>): Learning {
  return {
    weights: parameterInputs(r, layouts),
    m: parameterInputs(r, layouts, "m."),
    v: parameterInputs(r, layouts, "v."),
  };
}

/**
 * Records a step of Adam, as the authors set it, on these parameters. The plan's inputs hold its results
 * for the next step.
 *
 * @param correction The optimiser's input `[2]`, of `slowedCorrection()`.
 * @returns For each name the gradient, and the parameter after the step.
 */
export function recordUpdate(
  r: Recorder,
  loss: Tensor,
  names: readonly string[],
  { weights, m, v }: Learning,
  { rate, correction }: { readonly rate: number; readonly correction: Tensor },
): { readonly gradients: Map<string, Tensor>; readonly after: Map<string, Tensor> } {
  const slopes = grad(r, loss, names.map((name) => weights.get(name) as Tensor));
  const gradients = new Map<string, Tensor>(), after = new Map<string, Tensor>();
  for (const [i, name] of names.entries()) {
    const [before, first, second] = [weights, m, v].map((of) => of.get(name)) as [
      Tensor,
      Tensor,
      Tensor,
    ];
    const g = slopes[i] as Tensor;
    const next = adamw(r, { p: before, g, m: first, v: second, correction }, {
      ...{ rate, betas: [0.9, 0.999], eps: 1e-8, decay: 0 },
    });
    gradients.set(name, g);
    after.set(name, next.p);
    r.assign(before, next.p);
    r.assign(first, next.m);
    r.assign(second, next.v);
  }
  return { gradients, after };
}

/** What the optimiser's input is in its `step`-th step, counted from 1, at a share of the recorded rate. */
export function slowedCorrection(step: number, share: number): Float32Array<ArrayBuffer> {
  // The rate is only ever a factor of the corrected first moment.
  const [first = 1, second = 1] = adamwCorrection(step);
  return Float32Array.of(first * share, second);
}

/** The parameters' names that begin with any of these prefixes, prefix by prefix. */
export function namesOf(prefixes: readonly string[], names: Iterable<string>): string[] {
  const all = [...names];
  return prefixes.flatMap((prefix) => all.filter((name) => name.startsWith(prefix)));
}
