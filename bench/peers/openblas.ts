import { asPeer, type Peer, type Shape } from "./peer.ts";

/** OpenBLAS's single-precision matrix product, on one thread. */
export interface Sgemm extends Disposable {
  /** The library's version and the processor whose kernels it chose. */
  readonly version: string;
  /** `c = a b`, all row by row. */
  multiply(a: Matrix, b: Matrix, c: Matrix, shape: Shape): void;
}

type Matrix = Float32Array<ArrayBuffer>;

const symbols = {
  openblas_set_num_threads: { parameters: ["i32"], result: "void" },
  openblas_get_config: { parameters: [], result: "pointer" },
  openblas_get_corename: { parameters: [], result: "pointer" },
  // Not OpenBLAS's but the C library's, which comes with it: it copies those two texts. Deno's own
  // way to read them wants --allow-ffi for everything instead of for this one library.
  strncpy: { parameters: ["buffer", "pointer", "usize"], result: "pointer" },
  cblas_sgemm: {
    parameters: [
      ...["i32", "i32", "i32"], // order, transpose a, transpose b
      ...["i32", "i32", "i32"], // m, n, k
      ...["f32", "buffer", "i32", "buffer", "i32"], // alpha, a and its row length, b and its
      ...["f32", "buffer", "i32"], // beta, c and its row length
    ],
    result: "void",
  },
} as const satisfies Deno.ForeignLibraryInterface;

/** A bare name goes to the system's own search; it cannot be granted by itself, paths can. */
const names = [
  "libopenblas.so.0",
  "/usr/lib/x86_64-linux-gnu/libopenblas.so.0",
  "/usr/lib/aarch64-linux-gnu/libopenblas.so.0",
  "/opt/homebrew/opt/openblas/lib/libopenblas.dylib",
];

/** The loaded library: what it has, and how to let it go. */
export type OpenBlasLibrary = Pick<Deno.DynamicLibrary<typeof symbols>, "symbols" | "close">;

/** Makes a product of OpenBLAS's functions; nothing if it is not installed or not permitted. */
export function openOpenBlas(
  library: OpenBlasLibrary | undefined = loadOpenBlas(),
): Sgemm | undefined {
  if (!library) return undefined;
  const c = library.symbols;
  c.openblas_set_num_threads(1);
  const text = (pointer: Deno.PointerValue) => {
    const bytes = new Uint8Array(256);
    if (pointer) c.strncpy(bytes, pointer, BigInt(bytes.length - 1));
    return new TextDecoder().decode(bytes.subarray(0, bytes.indexOf(0)));
  };
  const [version] = /\d[\d.]+/.exec(text(c.openblas_get_config())) ?? ["of unknown version"];
  return {
    version: `${version} for ${text(c.openblas_get_corename())}`,
    multiply(a, b, out, { m, k, n }) {
      // Native code would read and write past the end.
      if (a.length !== m * k || b.length !== k * n || out.length !== m * n) {
        throw new RangeError(
          `Cannot multiply ${m} x ${k} x ${n}: got ${a.length}, ${b.length} and ${out.length} ` +
            `elements; pass ${m * k}, ${k * n} and ${m * n}`,
        );
      }
      const rowMajor = 101, asItIs = 111;
      c.cblas_sgemm(rowMajor, asItIs, asItIs, m, n, k, 1, a, k, b, n, 0, out, n);
    },
    [Symbol.dispose]() {
      library.close();
    },
  };
}

/** Loads the first of some libraries that is here, may be loaded and has what is needed. */
export function loadOpenBlas(
  candidates: readonly string[] = names,
): OpenBlasLibrary | undefined {
  for (const name of candidates) {
    // A path that is asked for is only looked up; `dlopen` itself would ask the user at a terminal.
    const path = name.includes("/") ? { path: name } : {};
    if (Deno.permissions.querySync({ name: "ffi", ...path }).state !== "granted") continue;
    try {
      return Deno.dlopen(name, symbols);
    } catch {
      // Not here, or without what we need: the next name may do.
    }
  }
}

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
