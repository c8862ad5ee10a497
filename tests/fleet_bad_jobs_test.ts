import assert from "node:assert/strict";
import { join } from "node:path";
import { jetstream } from "@nats-io/jetstream";
import { connect } from "@nats-io/transport-node";
import { hashFiles } from "../io/files/hash_files.ts";
import { modelFingerprint } from "../app/fleet/fingerprints.ts";
import { type Job, jobId } from "../app/fleet/job.ts";
import { fleet } from "./fleet/fleet_process.ts";
import { fleetTest, NatsServer } from "./fleet/nats_server.ts";
import { head, withModel } from "./infer_folder.ts";

fleetTest("bad jobs fail, each with its sentence, and the worker goes on", async () => {
  await using server = await NatsServer.start();
  await withModel(async (folder) => {
    const root = join(folder, "in");
    await Deno.mkdir(root);
    await Deno.copyFile(join(folder, "v.mkv"), join(root, "good.mkv"));
    await Deno.symlink(join(folder, "v.mkv"), join(root, "link.mkv"));
    const good: Job = {
      version: 1,
      video: "good.mkv",
      bytes: (await Deno.stat(join(root, "good.mkv"))).size,
      sha256: await hashFiles(join(root, "good.mkv")),
      options: { "no-face-crop": true, "no-adapt": true, to: "0.4" },
      model: await modelFingerprint(folder),
      head: await hashFiles(join(folder, "head.safetensors")),
    };
    const other = "0".repeat(64);
    const cases: readonly (readonly [Job, string])[] = [
      [{ ...good, video: "../v.mkv" }, "it is outside the worker's root"],
      [{ ...good, video: "/etc/passwd" }, "it is outside the worker's root"],
      [{ ...good, video: "link.mkv" }, "a link leads from it to a place outside the worker's root"],
      [{ ...good, video: "gone.mkv" }, "it is not there"],
      [{ ...good, bytes: good.bytes + 1 }, "it is not the file that was submitted"],
      [
        { ...good, options: { out: "/tmp" } },
        'it has the option "out", which this worker does not',
      ],
      [{ ...good, options: { every: "never" } }, "Cannot read with --every never"],
      [
        { ...good, options: { ...good.options, precision: "f16" } },
        "with this worker: the job wants weights kept as f16, and this worker keeps them as f32",
      ],
      [{ ...good, options: { precision: "f8" } }, "Cannot keep weights with --precision f8"],
      [{ ...good, model: other }, "with this worker's model: the job wants the one with fingerp"],
      [{ ...good, head: other }, "with this worker's head: the job wants the one with fingerp"],
      [{ ...good, sources: other }, "with this worker's sources: the job wants the one with fin"],
    ];
    // `submit` refuses these itself, so they are put in by hand.
    await fleet("jobs", server.url, folder);
    const connection = await connect({ servers: server.address });
    const put = (subject: string, data: string | Uint8Array) =>
      jetstream(connection).publish(subject, data);
    for (const [job] of cases) await put(`autt.job.${await jobId(job)}`, JSON.stringify(job));
    await put("autt.job.garbage", new Uint8Array([255, 0, 1]));
    await put("autt.line.garbage", "[]");
    await put("autt.job.large", new Uint8Array(10_000_000));
    await put("autt.job.disguised", JSON.stringify(good));
    await put(`autt.job.${await jobId(good)}`, JSON.stringify(good));
    await connection.close();

    const working = [
      "--root",
      "in",
      "--out",
      "out",
      "--model",
      ".",
      ...head,
      "--until-empty",
      "--precision",
      "f32",
    ];
    const { code, stdout, stderr } = await fleet("work", server.url, folder, ...working);
    assert.equal(code, 0, stderr);
    assert.match(stdout, /^good\.mkv: /);
    const told = (await fleet("jobs", server.url, folder)).stdout;
    const sentences = [
      ...cases.map(([, sentence]) => sentence),
      "its message is not JSON",
      "its message is no object of JSON",
      "its message has 10000000 bytes, and 65536 are allowed",
      "it is not the one that its subject names",
    ];
    for (const sentence of sentences) assert.ok(told.includes(sentence), `${sentence}: ${told}`);
    assert.ok(told.endsWith(`0 wait, 0 run, 1 are done, ${sentences.length} failed\n`), told);
    assert.deepEqual([...Deno.readDirSync(join(folder, "out"))].map(({ name }) => name), [
      "good.mkv.json",
    ]);
  });
});
