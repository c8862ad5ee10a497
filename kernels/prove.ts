import { type DType, type Inputs, type Op, Rng, type Shader } from "../engine/mod.ts";
import type { Case, Kernel } from "./kernel.ts";

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
    cases: () => proof.cases(new Rng(seed)),
  };
}
