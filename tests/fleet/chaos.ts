import assert from "node:assert/strict";
import { join } from "node:path";
import { Rng } from "../../engine/mod.ts";
import { parseCsv } from "../../io/files/csv.ts";
import { ffmpeg, head, infer, withModel } from "../infer_folder.ts";
import { fleet, startWorker } from "./fleet_process.ts";
import { NatsServer } from "./nats_server.ts";

/** How much is done, and what goes wrong meanwhile. */
export interface ChaosSetup {
  readonly people: number;
  /** Of each person. */
  readonly clips: number;
  readonly workers: number;
  /** Workers that are killed. */
  readonly kills: number;
  /** How often the server is killed and started again. */
  readonly restarts: number;
  /** Workers that are stopped for longer than their lease and then go on. */
  readonly stops: number;
  /** Decides when what happens to whom. */
  readonly seed: number;
}

const lease = 3, common = ["--no-face-crop", "--no-adapt", "--least", "0.1", "--to", "0.4"];
const wait = (seconds: number) => new Promise((resolve) => setTimeout(resolve, seconds * 1000));

/**
 * Lets workers read clips while they and the server are killed and stopped at random. Throws unless each
 * clip has one result, and outputs are the bytes of a run on one machine. Returns the seconds it took.
 */
export async function chaos(setup: ChaosSetup): Promise<number> {
  await using server = await NatsServer.start();
  let seconds = 0;
  await withModel(async (folder) => {
    const names = await makeClips(folder, setup);
    const model = ["--model", ".", ...head];
    const submitted = await fleet(
      "submit",
      server.url,
      folder,
      ...["in", "--root", "in", ...model, ...common],
    );
    assert.equal(submitted.code, 0, submitted.stderr);
    const start = performance.now();
    const working = ["--root", "in", "--out", "out", ...model, "--lease", `${lease}`];
    const hire = () => startWorker(server.url, folder, ...working);
    const workers = Array.from({ length: setup.workers }, hire);
    await letFaultsHappen(setup, server, workers, hire);
    // What is left is done by a worker that is left alone.
    const last = await fleet("work", server.url, folder, ...working, "--until-empty");
    assert.equal(last.code, 0, last.stderr);
    seconds = (performance.now() - start) / 1000;
    for (const worker of workers) await end(worker);
    await checkResults(folder, server, names);
  });
  return seconds;
}

/** Different clips, in a folder for each person. Returns their names. */
async function makeClips(folder: string, { people, clips }: ChaosSetup): Promise<string[]> {
  const names: string[] = [];
  for (let person = 0; person < people; person++) {
    const own = `p${`${person}`.padStart(2, "0")}`;
    await Deno.mkdir(join(folder, "in", own), { recursive: true });
    const many = Array.from({ length: clips }, (_, clip) => `${own}/c${clip}.mkv`);
    const source = ["-f", "lavfi", "-i", "testsrc2=size=64x48:rate=25:duration=1"];
    await ffmpeg(
      ...source,
      ...many.flatMap((name, clip) => [
        ...["-vf", `hue=h=${person * 30 + clip * 3}`, "-c:v", "ffv1", join(folder, "in", name)],
      ]),
    );
    names.push(...many);
  }
  return names;
}

async function letFaultsHappen(
  { kills, restarts, stops, seed }: ChaosSetup,
  server: NatsServer,
  workers: Deno.ChildProcess[],
  hire: () => Deno.ChildProcess,
): Promise<void> {
  const rng = new Rng(seed);
  const faults = shuffled(
    [
      ...Array<"kill">(kills).fill("kill"),
      ...Array<"restart">(restarts).fill("restart"),
      ...Array<"stop">(stops).fill("stop"),
    ],
    rng,
  );
  await wait(1.5); // the workers have loaded Deno
  for (const fault of faults) {
    await wait(0.5 + 2 * rng.uniform());
    const who = rng.integer(0, workers.length - 1), worker = workers[who]!;
    if (fault === "restart") {
      await server.kill();
      await wait(1 + rng.uniform());
      await server.start();
    } else if (fault === "kill") {
      await end(worker);
      workers[who] = hire();
    } else {
      signalTo(worker, "SIGSTOP");
      await wait(lease * 1.5);
      signalTo(worker, "SIGCONT");
    }
  }
}

/** A worker that was started while the server was away has ended by itself, as its page says. */
function signalTo(worker: Deno.ChildProcess, signal: Deno.Signal): void {
  try {
    worker.kill(signal);
  } catch (error) {
    assert.match((error as Error).message, /already terminated/);
  }
}

/** The same in another order. */
function shuffled<T>(items: readonly T[], rng: Rng): T[] {
  return items.map((item) => ({ item, at: rng.uniform() })).sort((a, b) => a.at - b.at)
    .map(({ item }) => item);
}

async function end(worker: Deno.ChildProcess): Promise<void> {
  signalTo(worker, "SIGKILL");
  await worker.status;
}

async function checkResults(
  folder: string,
  server: NatsServer,
  names: readonly string[],
): Promise<void> {
  const told = await fleet("jobs", server.url, folder, "--export", "results.csv");
  assert.equal(told.stdout, `0 wait, 0 run, ${names.length} are done, 0 failed\n`);
  const [, ...rows] = parseCsv(await Deno.readTextFile(join(folder, "results.csv"))).rows;
  assert.deepEqual(rows.map(({ cells }) => cells[0]), [...names].sort());
  const alone = await infer(folder, "in", ...head, ...common, "--out", "alone");
  assert.equal(alone.code, 0, alone.stderr);
  const bytes = (out: string, name: string) => Deno.readTextFile(join(folder, out, `${name}.json`));
  for (const name of names) assert.equal(await bytes("out", name), await bytes("alone", name));
}
