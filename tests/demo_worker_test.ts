import assert from "node:assert/strict";
import { join } from "node:path";
import { type Role, roleName, sources, targets } from "../demo/dataset/cast.ts";
import { runInWorker } from "../bench/personal/run_in_worker.ts";
import type { SeedTask } from "../bench/personal/run_streams.ts";
import type { BenchmarkSize } from "../demo/dataset/cast.ts";
import { drawingVersion } from "../demo/drawing/version.ts";
import { demoModel } from "../demo/model.ts";
import { Rng } from "../engine/mod.ts";
import { encodeSafetensors } from "../io/tensors/write_safetensors.ts";
import { loadClip } from "../model/clip/load_clip.ts";
import { gpuTest, sharedDevice } from "./devices.ts";
import { rejection } from "./fakes.ts";

const size: BenchmarkSize = {
  ...{ sources: 14, sourceClips: 4, targets: 1, targetClips: 8, seeds: [1], draws: 1 },
};
const task: SeedTask = {
  taught: "style",
  streams: [{ name: "few", design: "style", painClips: 1 }],
  seed: 1,
};
const roles: readonly Role[] = [
  ...sources("style", size.sources, size.sourceClips),
  ...targets("style", 1, size.targets, size.targetClips),
];

gpuTest(
  "a seed is tested in a thread of its own, which tells how far it is and what failed",
  async () => {
    using clip = await loadClip(await sharedDevice(), demoModel);
    const model = (await clip.fingerprint()).slice(0, 12), width = clip.config.embedding;
    const folder = await Deno.makeTempDir({ prefix: "autt-seed-" });
    const pathOf = (role: Role) =>
      join(folder, `${roleName(role)}-${drawingVersion}-${model}.safetensors`);
    try {
      const rng = new Rng(1);
      for (const role of roles) { // as if they had been drawn before
        const data = Float32Array.from({ length: role.clips * 3 * width }, () => rng.normal());
        const features = { dtype: "F32", shape: [data.length / width, width], data } as const;
        await Deno.writeFile(pathOf(role), encodeSafetensors({ features }));
      }
      const said: string[] = [], { signal } = new AbortController();
      const request = { task, folder, size, adapter: undefined };
      const [rows, ...others] = await runInWorker(request, (text) => said.push(text), signal);
      assert.equal(others.length, 0);
      for (const { method, people } of rows ?? []) {
        assert.deepEqual(people.map(({ labels }) => labels), [[1, 0]], method);
        assert.ok(people.every(({ decided }) => decided.length === 2), method);
      }
      assert(rows?.some(({ method }) => method === "enrolled with 3, subject"));
      assert(said.includes("few: seed 1, CLIP-AUTT paper"), said.join("\n"));

      const stop = new AbortController(), reason = new Error("enough");
      const stopped = runInWorker(request, () => stop.abort(reason), stop.signal);
      assert.equal(await rejection(stopped), reason);
      const broken = pathOf(roles[0] as Role);
      await Deno.writeFile(broken, new Uint8Array(100));
      const { message } = await rejection(runInWorker(request, () => {}, signal));
      assert.match(message, /^Cannot /);
      assert(message.includes(broken), message);
      const strange = { ...request, adapter: "fastest" };
      assert.match(
        (await rejection(runInWorker(strange, () => {}, signal))).message,
        /fastest/,
      );
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  },
);
