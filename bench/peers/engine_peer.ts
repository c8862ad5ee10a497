import { type Device, record, Weights } from "../../engine/mod.ts";
import { matmul, packMatrix } from "../../kernels/mod.ts";
import { asPeer, type Peer } from "./peer.ts";

/** Our own matmul as one of the peers. Its weights are packed before, as they are in a model. */
export function openEnginePeer(device: Device): Peer {
  return asPeer({
    name: "autt",
    version: device.adapter.name,
    async prepare({ shape: { m, k, n }, a, b }) {
      using held = new DisposableStack();
      const w = await packMatrix(held.use(new Weights(device)), "w", [k, n], b);
      const plan = held.use(await record(device, (r) => matmul(r, r.input("x", [m, k]), w)));
      plan.write("x", a);
      const owned = held.move();
      return {
        async run(iterations) {
          for (let i = 0; i < iterations; i++) plan.run();
          await device.settled();
        },
        read() {
          plan.run();
          return device.read(plan.outputs);
        },
        [Symbol.dispose]: () => owned.dispose(),
      };
    },
  });
}
