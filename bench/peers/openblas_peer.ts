import { openOpenBlas, type Sgemm } from "./openblas.ts";
import { asPeer, type Peer } from "./peer.ts";

/** One thread of OpenBLAS: what a core can do. */
// deno-lint-ignore require-await -- opening the other peers takes waiting, so all are opened alike.
export async function openOpenBlasPeer(
  sgemm: Sgemm | undefined = openOpenBlas(),
): Promise<Peer> {
  if (!sgemm) {
    throw new Error(
      "Cannot open the peer openblas: libopenblas.so.0 is not installed or not permitted; " +
        "install it (Debian: libopenblas0-pthread) and run with --allow-ffi",
    );
  }
  return asPeer({
    name: "openblas",
    version: sgemm.version,
    device: "cpu",
    prepare({ shape, a, b }) {
      const c = new Float32Array(shape.m * shape.n);
      const run = (iterations: number) => {
        for (let i = 0; i < iterations; i++) sgemm.multiply(a, b, c, shape);
        return Promise.resolve();
      };
      return {
        run,
        async read() {
          await run(1);
          return c;
        },
        [Symbol.dispose]() {},
      };
    },
    close: () => sgemm[Symbol.dispose](),
  });
}
