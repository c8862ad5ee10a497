import assert from "node:assert/strict";
import { join } from "node:path";
import { checkPermissions, keptIn, type Task, type TaskCase } from "./task_permissions.ts";

/** Each of the demo's tasks at something small; `demo:bench` has nothing small, and tells its help. */
const cases: Partial<Readonly<Record<Task, TaskCase & { readonly makes: readonly string[] }>>> = {
  "demo:sheet": { args: ["--out", "s.png"], needs: ["write", "ffi", "env"], makes: ["s.png"] },
  "demo:people": {
    args: ["drawn", "--people", "1", "--clips", "1"],
    needs: ["write", "ffi", "env"],
    makes: ["drawn"],
  },
  "demo:sample": {
    args: ["."],
    needs: ["run", "env"],
    makes: ["neutral.mp4", "pain.mp4", "rest.mp4", "unusual_rest.mp4"],
  },
  "demo:zeroshot": { args: ["--faces", "8"], needs: ["read"], makes: [] },
};

type Case = [Task, NonNullable<typeof cases[Task]>];
for (const [task, { makes, ...one }] of Object.entries(cases) as Case[]) {
  Deno.test(`${task} runs with the permissions that it lists, and says which it lacks`, async () => {
    const folder = await Deno.makeTempDir({ prefix: "autt-drawn-" });
    try {
      await checkPermissions(task, one, keptIn(folder));
      const names = [...Deno.readDirSync(folder)].map(({ name }) => name).sort();
      assert.deepEqual(names, makes);
      for (const name of makes) assert.ok(Deno.statSync(join(folder, name)).size > 1000, name);
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  });
}
