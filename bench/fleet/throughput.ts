import assert from "node:assert/strict";
import { join } from "node:path";
import { demoSample } from "../../demo/model.ts";
import { NatsQueue } from "../../app/fleet/nats_queue.ts";
import { fleet, startWorker } from "../../tests/fleet/fleet_process.ts";
import { NatsServer } from "../../tests/fleet/nats_server.ts";

/** Clips a minute of one worker and of two, each with one thread to compute with, by turns. */
export interface Throughput {
  readonly one: number;
  readonly two: number;
}

/** Clips that a round is timed at. */
const clips = 24;

/**
 * Times workers that wait for work when it comes. Each round has clips of other names, of the demo's face,
 * and the best round counts.
 */
export async function measureThroughput(rounds: number): Promise<Throughput> {
  const best = { one: 0, two: 0 };
  for (let round = 0; round < rounds; round++) {
    for (const [name, workers] of [["one", 1], ["two", 2]] as const) {
      best[name] = Math.max(best[name], await clipsAMinute(workers));
    }
  }
  return best;
}

async function clipsAMinute(workers: number): Promise<number> {
  await using server = await NatsServer.start();
  await using queue = await NatsQueue.open({
    server: server.address,
    tls: undefined,
    creds: undefined,
  });
  const folder = await Deno.makeTempDir({ prefix: "autt-throughput-" });
  const hired: Deno.ChildProcess[] = [];
  try {
    const model = ["--model", "demo"], root = ["--root", "in"];
    const submit = async (part: string, count: number) => {
      await Deno.mkdir(join(folder, "in", part), { recursive: true });
      for (let clip = 0; clip < count; clip++) {
        await Deno.copyFile(demoSample, join(folder, "in", part, `${clip}.mp4`));
      }
      const path = join("in", part);
      const told = await fleet("submit", server.url, folder, path, ...root, ...model, "--no-adapt");
      assert.equal(told.code, 0, told.stderr);
    };
    const idle = async () => {
      while (true) {
        const { waiting, running } = await queue.counts();
        if (waiting + running === 0) return;
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
    };
    // Models are loaded before the clock runs.
    await submit("warm", workers * 2);
    Deno.env.set("LP_NUM_THREADS", "1");
    for (let i = 0; i < workers; i++) {
      hired.push(startWorker(server.url, folder, ...root, "--out", "out", ...model));
    }
    await idle();
    const start = performance.now();
    await submit("timed", clips);
    await idle();
    return 60_000 * clips / (performance.now() - start);
  } finally {
    for (const worker of hired) {
      worker.kill("SIGKILL");
      await worker.status;
    }
    await Deno.remove(folder, { recursive: true });
  }
}
