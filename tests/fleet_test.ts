import assert from "node:assert/strict";
import { join } from "node:path";
import { fleet, startWorker } from "./fleet/fleet_process.ts";
import { fleetTest, NatsServer } from "./fleet/nats_server.ts";
import { head, infer, withModel } from "./infer_folder.ts";

const common = ["--no-face-crop", "--no-adapt", "--least", "0.1", "--to", "0.4"];
const model = ["--model", ".", ...head];
const read = (...path: string[]) => Deno.readTextFile(join(...path));

fleetTest("submit, work and jobs read a folder to the bytes of infer, once", async () => {
  await using server = await NatsServer.start();
  await withModel(async (folder) => {
    await Deno.mkdir(join(folder, "in/deeper"), { recursive: true });
    for (const name of ["a.mkv", "deeper/b.mkv"]) {
      await Deno.copyFile(join(folder, "v.mkv"), join(folder, "in", name));
    }
    await Deno.writeTextFile(join(folder, "in/bad.mp4"), "no video");
    const submitting = ["in", "--root", "in", ...model, ...common];
    const submitted = await fleet("submit", server.url, folder, ...submitting);
    assert.equal(submitted.code, 0, submitted.stderr);
    assert.match(
      submitted.stdout,
      /^3 videos submitted, 0 were waiting or running already, 0 were/,
    );
    const twice = await fleet("submit", server.url, folder, ...submitting);
    assert.match(twice.stdout, /^0 videos submitted, 3 were waiting/);
    const before = await fleet("jobs", server.url, folder);
    assert.equal(before.stdout, "3 wait, 0 run, 0 are done, 0 failed\n");

    const working = ["--root", "in", "--out", "out", ...model];
    const worked = await fleet("work", server.url, folder, ...working, "--until-empty");
    assert.equal(worked.code, 0, worked.stderr);
    assert.match(worked.stderr, /error: Cannot decode ".*bad\.mp4": it is no video/);

    const alone = await infer(folder, "in", ...head, ...common, "--out", "alone");
    assert.equal(alone.code, 4, alone.stderr);
    for (const name of ["a.mkv.json", "deeper/b.mkv.json"]) {
      assert.equal(await read(folder, "out", name), await read(folder, "alone", name));
    }
    const again = await fleet("submit", server.url, folder, ...submitting);
    assert.match(again.stdout, /^0 videos submitted, 0 .*, 2 were done\n1 failed before/);
    const told = await fleet("jobs", server.url, folder, "--export", "r.csv", "--retry");
    assert.match(
      told.stdout,
      /^failed: bad\.mp4: Cannot decode .*\n0 wait, 0 run, 2 are done, 1 f/,
    );
    assert.match(told.stdout, /\n1 jobs are tried again\n$/);
    const rows = (await read(folder, "r.csv")).trimEnd().split("\r\n");
    assert.deepEqual(rows.map((row) => row.split(",").slice(0, 3).join()), [
      "video,state,exit_code",
      "a.mkv,done,0",
      "bad.mp4,failed,4",
      "deeper/b.mkv,done,0",
    ]);
    // What was wrong is mended: the job that is tried again is refused as it is another file now.
    await Deno.copyFile(join(folder, "v.mkv"), join(folder, "in/bad.mp4"));
    await fleet("work", server.url, folder, ...working, "--until-empty");
    const after = await fleet("jobs", server.url, folder);
    assert.match(after.stdout, /bad\.mp4": it is not the file that was submitted: submit it again/);
  });
});

fleetTest("a worker gives its job back at Ctrl-C, and another one does it", async () => {
  await using server = await NatsServer.start();
  await withModel(async (folder) => {
    const submitted = await fleet("submit", server.url, folder, "v.mkv", ...model, ...common);
    assert.equal(submitted.code, 0, submitted.stderr);
    const working = ["--root", ".", "--out", "out", ...model, "--lease", "600"];
    const worker = startWorker(server.url, folder, ...working);
    const counts = async () => (await fleet("jobs", server.url, folder)).stdout;
    while (!(await counts()).startsWith("0 wait, 1 run")) {
      if ((await counts()).includes("1 are done")) break;
    }
    worker.kill("SIGINT");
    assert.equal((await worker.status).code, 130);
    const worked = await fleet("work", server.url, folder, ...working, "--until-empty");
    assert.equal(worked.code, 0, worked.stderr);
    assert.equal(await counts(), "0 wait, 0 run, 1 are done, 0 failed\n");
  });
});
