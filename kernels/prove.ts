import { type DType, type Inputs, type Op, Rng, type Shader } from "../engine/mod.ts";
import type { Case, Kernel } from "./kernel.ts";

/** An operation's proof: everything of its entry in the list that does not follow from it. */
interface Proof<I extends Inputs, A, D extends DType>
  extends Omit<Kernel<I, A, D>, "op" | "cases" | "shaders" | "refusals"> {
  /** Its cases; random ones are drawn from `rng`. */
  cases(rng: Rng): readonly Case<A>[];
  /** Those of a launcher's operation if left out. */
  readonly shaders?: readonly Shader[];
  /** Nothing if left out. */
  readonly refusals?: Kernel<I, A, D>["refusals"];
}

/** An entry of the kernel list, whose random cases are the same each time, by a seed. */
export function prove<I extends Inputs, A, D extends DType>(
  op: Op<I, A, D> & { readonly shaders?: readonly Shader[] },
  seed: number,
  proof: Proof<I, A, D>,
): Kernel<I, A, D> {
  return {
    op,
    shaders: op.shaders ?? [],
    refusals: [],
    ...proof,
    cases: () => proof.cases(new Rng(seed)),
  };
}
