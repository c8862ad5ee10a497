import { type Device, record, type Tensor, Weights } from "../../engine/mod.ts";
import { matmul, packMatrix } from "../../kernels/mod.ts";
import { type Operands, randomOperands, sampleError, type Shape } from "./operands.ts";
import type { Peer } from "./peer.ts";

/** Our own matmul as one of the peers. Its weights are packed before, as they are in a model. */
export function openEnginePeer(device: Device): Peer {
  let current: { operands: Operands; held: DisposableStack; y: Tensor; run(): void } | undefined;
  const at = async (shape: Shape) => {
    const { m, k, n } = shape;
    const last = current?.operands.shape;
    if (current && last?.m === m && last.k === k && last.n === n) return current;
    current?.held.dispose();
    const operands = randomOperands(shape);
    const held = new DisposableStack();
    const w = await packMatrix(held.use(new Weights(device)), "w", [k, n], operands.b);
    const plan = held.use(await record(device, (r) => matmul(r, r.input("x", [m, k]), w)));
    plan.write("x", operands.a);
    return current = { operands, held, y: plan.outputs, run: () => plan.run() };
  };
  return {
    name: "autt",
    version: device.adapter.name,
    device: "webgpu",
    async matmul(shape, iterations) {
      const { run } = await at(shape);
      for (let i = 0; i < iterations; i++) run();
      await device.settled();
    },
    async check(shape) {
      const { operands, run, y } = await at(shape);
      run();
      return sampleError(operands, await device.read(y));
    },
    // deno-lint-ignore require-await -- nothing here has to be waited for; other peers may have to.
    async [Symbol.asyncDispose]() {
      current?.held.dispose();
    },
  };
}
