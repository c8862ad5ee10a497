import assert from "node:assert/strict";
import { join } from "node:path";
import { fleet, startWorker } from "./fleet/fleet_process.ts";
import { fleetTest, NatsServer } from "./fleet/nats_server.ts";
import { ffmpeg, head, infer, withModel } from "./infer_folder.ts";

const common = ["--no-face-crop", "--least", "0.1", "--to", "0.4"];
const people = ["anna", "bert"], clips = ["c0.mkv", "c1.mkv", "c2.mkv"];

fleetTest("a person's clips are decided in order, whoever is killed meanwhile", async () => {
  await using server = await NatsServer.start();
  await withModel(async (folder) => {
    for (const [i, person] of people.entries()) {
      await Deno.mkdir(join(folder, "in", person), { recursive: true });
      for (const [j, clip] of clips.entries()) {
        const hue = `hue=h=${90 * i + 40 * j}`;
        const to = join(folder, "in", person, clip);
        await ffmpeg("-i", join(folder, "v.mkv"), "-vf", hue, "-t", "0.5", "-c:v", "ffv1", to);
      }
    }
    const model = ["--model", ".", ...head];
    const submit = (...names: string[]) =>
      fleet(
        "submit",
        server.url,
        folder,
        ...names,
        "--root",
        "in",
        "--subject",
        ...model,
        ...common,
      );
    // More clips of a person who is queued already come after those that are there.
    const first = await submit(
      ...people.flatMap((who) => clips.slice(0, 2).map((c) => `in/${who}/${c}`)),
    );
    assert.match(first.stdout, /^4 videos submitted/, first.stderr);
    assert.match((await submit("in")).stdout, /^2 videos submitted, 4 were waiting or running/);

    const working = ["--root", "in", "--out", "out", ...model, "--lease", "2"];
    const killed = startWorker(server.url, folder, ...working);
    const other = startWorker(server.url, folder, ...working);
    while ((await Deno.stat(join(folder, "out")).catch(() => undefined)) === undefined) {
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    killed.kill("SIGKILL");
    const last = await fleet("work", server.url, folder, ...working, "--until-empty");
    assert.equal(last.code, 0, last.stderr);
    other.kill("SIGKILL");
    await Promise.all([killed.status, other.status]);
    const told = await fleet("jobs", server.url, folder);
    assert.equal(told.stdout, "0 wait, 0 run, 6 are done, 0 failed\n");

    for (const person of people) {
      const alone = ["--out", `alone/${person}`, "--subject", person];
      const { code, stderr } = await infer(folder, `in/${person}`, ...head, ...common, ...alone);
      assert.equal(code, 0, stderr);
      const written: string[] = [];
      for (const clip of clips) {
        const read = async (...path: string[]) => {
          const text = await Deno.readTextFile(join(folder, ...path, `${clip}.json`));
          return { ...JSON.parse(text), video: clip };
        };
        const inFleet = await read("out", person);
        assert.deepEqual(inFleet, await read("alone", person));
        written.push(JSON.stringify(inFleet.after));
      }
      assert.equal(new Set(written).size, clips.length);
    }
  });
});
