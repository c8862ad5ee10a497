/**
 * Every kernel with its proof: cases, refusals and float64 reference. Tests, benchmarks, `check` and
 * `compare()` walk this list; models never load it.
 *
 * @module
 */
import * as proofs from "./every_proof.ts";
import type { AnyKernel } from "./kernel.ts";

/** All kernels. */
export const kernels: readonly AnyKernel[] = Object.values(proofs);
