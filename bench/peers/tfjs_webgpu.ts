import { importPackage } from "./import_package.ts";
import { asPeer, type Peer } from "./peer.ts";

/** What we use of `@tensorflow/tfjs-core`, whose types would pull the package in. */
interface Tfjs {
  readonly version_core: string;
  setBackend(name: string): Promise<boolean>;
  backend(): { readonly device?: GPUDevice };
  tensor2d(values: Float32Array, shape: [number, number]): Tensor;
  matMul(a: Tensor, b: Tensor): Tensor;
  slice(x: Tensor, begin: [number, number], size: [number, number]): Tensor;
}

interface Tensor {
  data(): Promise<Float32Array>;
  dispose(): void;
}

const name = "tfjs-webgpu", version = "4.22.0";

/** TensorFlow.js on its WebGPU backend. */
export async function openTfjsWebgpu(): Promise<Peer> {
  const core = await importPackage(name, `npm:@tensorflow/tfjs-core@${version}`);
  await importPackage(name, `npm:@tensorflow/tfjs-backend-webgpu@${version}`);
  const tf = core as Tfjs;
  if (!await tf.setBackend("webgpu")) {
    throw new Error(
      `Cannot open the peer ${name}: tfjs ${version} could not start its backend "webgpu"; ` +
        `install a Vulkan driver (Debian: mesa-vulkan-drivers)`,
    );
  }
  return asPeer({
    name,
    version: `${tf.version_core} on ${tf.backend().device?.adapterInfo.description}`,
    // No `close`: a backend that is removed cannot be registered a second time in this process.
    prepare({ shape: { m, k, n }, a, b }) {
      const x = tf.tensor2d(a, [m, k]), y = tf.tensor2d(b, [k, n]);
      return {
        async run(iterations) {
          for (let i = 1; i < iterations; i++) tf.matMul(x, y).dispose();
          // tfjs batches its commands and tells nobody when they are done. Commands run in order,
          // so one element of the last product shows that all are, for less than a whole read.
          const last = tf.matMul(x, y), element = tf.slice(last, [0, 0], [1, 1]);
          await element.data();
          last.dispose();
          element.dispose();
        },
        async read() {
          const product = tf.matMul(x, y);
          const data = await product.data();
          product.dispose();
          return data;
        },
        [Symbol.dispose]() {
          x.dispose();
          y.dispose();
        },
      };
    },
  });
}
