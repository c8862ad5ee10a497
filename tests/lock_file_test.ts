import assert from "node:assert/strict";
import { join } from "node:path";
import { lockFile } from "../io/hub/get_model.ts";
import { temporaryFolder } from "./fake_hub.ts";
import { rejection } from "./fakes.ts";

Deno.test("a lock lets one in after the other, and can be given up", async () => {
  await using folder = await temporaryFolder();
  const path = join(folder.path, "locks", "a.lock");
  const order: string[] = [];
  const first = await lockFile(path);
  const waited = Promise.withResolvers<string>();
  const second = lockFile(path, { onWait: waited.resolve }).then((lock) => {
    order.push("second");
    lock[Symbol.dispose]();
  });
  const aborted = await rejection(
    lockFile(path, { signal: AbortSignal.abort(new Error("enough")) }),
  );
  assert.equal(aborted.message, "enough");
  assert.equal(await waited.promise, path); // told that it takes a while
  order.push("first");
  first[Symbol.dispose]();
  await second;
  assert.deepEqual(order, ["first", "second"]);
});
