import { type Device, record } from "../../engine/mod.ts";
import { matmul, softmax } from "../../kernels/mod.ts";
import { Rng } from "../../numbers/rng.ts";

/** The side of the matrices that are multiplied, more than a tile of any kernel. */
const side = 96;

/**
 * The largest difference that float32 may make: a product of rows of normal numbers is off by at most
 * `side * 2^-24` times the sum of their sizes, about 62, and a probability by half of that.
 */
const tolerance = 0.5 * side * 2 ** -24 * 62;

/** What the device is and can do, in a line. */
export function describeDevice({ adapter, gpu }: Device): string {
  const { software, f16, timestamps } = adapter;
  const binding = gpu.limits.maxStorageBufferBindingSize / 2 ** 20;
  const offers = [
    software ? "on the processor, without a GPU" : "a GPU",
    ...f16 ? ["16-bit floats"] : [],
    ...timestamps ? ["timestamps"] : [],
    `buffers up to ${binding.toFixed(0)} MiB`,
  ];
  return `${adapter.name}: ${offers.join(", ")}`;
}

/** Computes a softmax of products on the device and compares it with float64. Throws where they differ. */
export async function checkArithmetic(device: Device): Promise<string> {
  const rng = new Rng(7);
  const normal = () => Float32Array.from({ length: side * side }, () => rng.normal());
  const a = normal(), b = normal();
  using plan = await record(device, (r) => {
    const product = matmul(r, r.input("a", [side, side]), r.input("b", [side, side]));
    return softmax(r, product);
  });
  plan.write("a", a);
  plan.write("b", b);
  plan.run();
  return judge(await device.read(plan.outputs), expected(a, b));
}

/** Tells how close computed numbers come to the expected ones. Throws if float32 does not explain it. */
export function judge(computed: Float32Array, expected: readonly number[]): string {
  const worst = Math.max(...expected.map((y, i) => Math.abs(y - (computed[i] ?? NaN))));
  if (worst <= tolerance) {
    return `as in float64 up to ${worst.toExponential(0)} (matmul and softmax, ${side} x ${side})`;
  }
  throw new Error(
    `matmul and softmax differ from float64 by ${
      worst.toExponential(1)
    }, more than float32 explains`,
  );
}

function expected(a: Float32Array, b: Float32Array): number[] {
  const all: number[] = [];
  for (let row = 0; row < side; row++) {
    const products = Array.from({ length: side }, (_, column) => {
      let sum = 0;
      for (let k = 0; k < side; k++) sum += a[row * side + k]! * b[k * side + column]!;
      return sum;
    });
    const most = Math.max(...products);
    const powers = products.map((x) => Math.exp(x - most));
    const sum = powers.reduce((total, x) => total + x, 0);
    all.push(...powers.map((x) => x / sum));
  }
  return all;
}
