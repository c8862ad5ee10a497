import assert from "node:assert/strict";
import { type Job, jobId } from "../../app/fleet/job.ts";
import { jobSubject, NatsQueue } from "../../app/fleet/nats_queue.ts";
import type { Result } from "../../app/fleet/result.ts";
import type { DoneJob } from "../../app/fleet/run_job.ts";
import { Worker } from "../../app/fleet/worker.ts";
import { NatsServer } from "../../tests/fleet/nats_server.ts";

const none = "0".repeat(64);

/** Times one worker at jobs that do nothing: what remains is taking, keeping the result and ending. */
export async function measureJobs(jobs: number): Promise<{ seconds: number; jobs: number }> {
  await using server = await NatsServer.start();
  await using queue = await NatsQueue.open({
    server: server.address,
    tls: undefined,
    creds: undefined,
  });
  for (let i = 0; i < jobs; i++) {
    const video = `${i}.mp4`;
    const job: Job = { version: 1, video, bytes: 1, sha256: none, options: {}, model: none };
    await queue.publish(`${jobSubject}${await jobId(job)}`, job);
  }
  const runner = {
    run: ({ video }: Job): Promise<DoneJob> => {
      const result: Result = { video, state: "done", code: 0, answers: [], seconds: 0 };
      return Promise.resolve({ result, learnt: undefined });
    },
    [Symbol.dispose]() {},
  };
  const { log } = console;
  console.log = () => {};
  const start = performance.now();
  try {
    const worker = new Worker(queue, runner, new AbortController().signal);
    for (let i = 0; i < jobs; i++) {
      const message = await queue.take();
      assert(message);
      await worker.handle(message);
    }
  } finally {
    console.log = log;
  }
  const seconds = (performance.now() - start) / 1000;
  assert.deepEqual(await queue.counts(), { waiting: 0, running: 0 });
  return { seconds, jobs: (await Array.fromAsync(queue.entries(queue.results))).length };
}
