import assert from "node:assert/strict";
import { runDeno } from "./fakes.ts";

const root = new URL("../", import.meta.url);

Deno.test("loaded from an address of the web, the library finds its face detector there", async () => {
  const asked: string[] = [];
  await using server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen() {} },
    async ({ url }) => {
      const path = new URL(url).pathname.slice(1);
      asked.push(path);
      try {
        return new Response(await Deno.readFile(new URL(path, root)), {
          headers: path.endsWith(".ts") ? { "content-type": "application/typescript" } : {},
        });
      } catch {
        return new Response(null, { status: 404 });
      }
    },
  );
  const base = `http://127.0.0.1:${server.addr.port}`;
  const folder = await Deno.makeTempDir();
  try {
    await Deno.writeTextFile(
      `${folder}/program.ts`,
      `import { openDevice } from "${base}/entries/engine.ts";
import { openDetector } from "${base}/media/face/open_detector.ts";
using device = await openDevice();
using detector = await openDetector(device);
console.log(typeof detector.detect);
`,
    );
    const { code, stdout, stderr } = await runDeno(
      [
        ...["run", "--quiet", "--no-check", "--no-lock", "--config", "deno.json"],
        ...[
          "--allow-import=127.0.0.1",
          "--allow-net=127.0.0.1",
          "--allow-env",
          "--reload=http://127.0.0.1",
        ],
        `${folder}/program.ts`,
      ],
    );
    assert.equal(code, 0, stderr);
    assert.equal(stdout, "function\n");
    assert.ok(asked.includes("media/face/face_detection_short_range.tflite"));
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
