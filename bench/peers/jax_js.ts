import { importPackage } from "./import_package.ts";
import { asPeer, type Peer } from "./peer.ts";

/** What we use of `@jax-js/jax`, whose types would pull the package in. */
interface Jax {
  init(device: "webgpu"): Promise<readonly string[]>;
  getWebGPUDevice(): GPUDevice;
  blockUntilReady(arrays: readonly JaxArray[]): Promise<unknown>;
  readonly numpy: {
    array(values: Float32Array, options: { shape: [number, number]; device: "webgpu" }): JaxArray;
    matmul(a: JaxArray, b: JaxArray): JaxArray;
  };
}

/** Every use of an array consumes it, except a use of its `ref`. */
interface JaxArray {
  readonly ref: JaxArray;
  data(): Promise<Float32Array>;
  dispose(): void;
}

const name = "jax-js-webgpu", version = "0.1.25";

/** jax-js on its WebGPU backend. `jit` would bring nothing: a single product is one kernel anyway. */
export async function openJaxJs(): Promise<Peer> {
  const jax = await importPackage(name, `npm:@jax-js/jax@${version}`) as Jax;
  // It does not throw: it tells which backends it has.
  const backends = await jax.init("webgpu");
  if (!backends.includes("webgpu")) {
    throw new Error(
      `Cannot open the peer ${name}: jax-js ${version} has only ${backends.join(", ")}, not ` +
        `"webgpu"; install a Vulkan driver (Debian: mesa-vulkan-drivers)`,
    );
  }
  const np = jax.numpy, device = "webgpu";
  return asPeer({
    name,
    version: `${version} on ${jax.getWebGPUDevice().adapterInfo.description}`,
    // No `close`: jax-js keeps its device until the process ends.
    prepare({ shape: { m, k, n }, a, b }) {
      const x = np.array(a, { shape: [m, k], device }), y = np.array(b, { shape: [k, n], device });
      return {
        async run(iterations) {
          // Arrays are lazy: one that nobody waits for is never computed, so keep them all.
          const products = Array.from({ length: iterations }, () => np.matmul(x.ref, y.ref));
          await jax.blockUntilReady(products);
          for (const product of products) product.dispose();
        },
        read: () => np.matmul(x.ref, y.ref).data(),
        [Symbol.dispose]() {
          x.dispose();
          y.dispose();
        },
      };
    },
  });
}
