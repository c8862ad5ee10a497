import { type AnyTensor, type Cost, elements, type Lowering } from "../../engine/mod.ts";
import { launchPerElement, perElementShader } from "../per_element.ts";
import { scheduleSums } from "../schedule.ts";
import type { Tensors } from "../shapes.ts";
import source from "./sum_terms.wgsl" with { type: "text" };

/** The shader of sums along an axis. */
export const sumTermsShader = perElementShader({ name: "sum_terms", source, reads: { x: "f32" } });

/** Sums of `[outer, terms, inner]` along the middle axis. */
export interface Sums {
  readonly outer: number;
  readonly terms: number;
  readonly inner: number;
  /** What sums are divided by. */
  readonly divisor: number;
}

/** Adds up the terms of x, in one stage or in two. */
export function lowerSums(
  job: Lowering<Tensors<"x">, unknown, "f32">,
  { outer, terms, inner, divisor }: Sums,
): void {
  const { inputs: { x }, outputs: [y] } = job;
  const { parts, span } = scheduleSums(job.adapter, outer * inner, terms);
  const add = (x: AnyTensor, y: AnyTensor, sizes: Omit<Sums, "outer" | "inner">, cut: Parts) =>
    launchPerElement(job, {
      shader: sumTermsShader,
      params: { count: outer * cut.parts * inner, inner, ...sizes, ...cut },
      bindings: { x, y },
    });
  if (parts === 1) return add(x, y, { terms, divisor }, { parts, span });
  const some = job.scratch("parts", { shape: [outer, parts, inner], dtype: "f32" });
  add(x, some, { terms, divisor: 1 }, { parts, span });
  add(some, y, { terms: parts, divisor }, { parts: 1, span: parts });
}

type Parts = ReturnType<typeof scheduleSums>;

/** Every term is added once. */
export function costOfSums({ x }: Tensors<"x">, results: number): Cost {
  const count = elements(x.shape);
  return { flops: count, bytes: 4 * (count + results) };
}
