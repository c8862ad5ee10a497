import assert from "node:assert/strict";
import { runDeno } from "./fakes.ts";

const here = (file: string) => new URL(file, import.meta.url).href;

/** Runs tests in a process of their own and says how each ended. */
async function runTests(source: string): Promise<Map<string, string>> {
  const folder = await Deno.makeTempDir();
  try {
    const file = `${folder}/made_up_test.ts`;
    await Deno.writeTextFile(file, source);
    const permissions = ["--allow-env", "--allow-read"];
    const { stdout } = await runDeno(
      ["test", "--config", "deno.json", "--no-check", ...permissions, file],
    );
    return new Map(
      [...stdout.matchAll(/^(.+) \.\.\. (ok|FAILED) /gm)].map(([, name = "", end = ""]) => [
        name,
        end,
      ]),
    );
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("gpuTest() fails the test that leaves a device error behind, and only that one", async () => {
  const ends = await runTests(`
    import { gpuTest, sharedDevice } from "${here("./devices.ts")}";
    const wrong = { size: 16, usage: GPUBufferUsage.MAP_READ | GPUBufferUsage.MAP_WRITE };
    gpuTest("before", async () => {
      await sharedDevice();
    });
    gpuTest("leaves an error", async () => {
      (await sharedDevice()).gpu.createBuffer(wrong);
    });
    gpuTest("after", async () => {
      await (await sharedDevice()).settled();
    });
    gpuTest("leaves an error on the second device", async () => {
      (await sharedDevice("gpu")).gpu.createBuffer(wrong);
    });
    gpuTest("leaves errors on both", async () => {
      for (const design of ["chosen", "gpu"] as const) {
        (await sharedDevice(design)).gpu.createBuffer(wrong);
      }
    });
    gpuTest("after both", async () => {});
    gpuTest("takes its error itself", async () => {
      const device = await sharedDevice();
      device.gpu.createBuffer(wrong);
      await device.settled().catch(() => {});
    });
    gpuTest("throws", () => Promise.reject(new Error("on purpose")));
  `);
  assert.deepEqual([...ends], [
    ["before", "ok"],
    ["leaves an error", "FAILED"],
    ["after", "ok"],
    ["leaves an error on the second device", "FAILED"],
    ["leaves errors on both", "FAILED"],
    ["after both", "ok"],
    ["takes its error itself", "ok"],
    ["throws", "FAILED"],
  ]);
});
