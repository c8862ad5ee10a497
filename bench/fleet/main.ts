import {
  allowedNumber,
  isWhole,
  parseOptions,
  runCommand,
  texts,
} from "../../app/terminal/terminal.ts";
import { chaos } from "../../tests/fleet/chaos.ts";
import { measureThroughput } from "./throughput.ts";
import { measureJobs } from "./empty_jobs.ts";

const help =
  `Measures the queue of a fleet with a real nats-server, and kills workers and the server at random.

usage: ./autt bench:fleet [options]
  --throughput ROUNDS  only one worker against two, each with one thread to compute with, by turns; the best
                       of so many rounds counts
  -h, --help           this text`;

await runCommand(async (args) => {
  const { values } = parseOptions(args, texts("throughput"), help);
  if (values.throughput !== undefined) {
    const rounds = allowedNumber(
      values.throughput,
      isWhole,
      `Cannot measure ${values.throughput} rounds: wanted a whole number from 1 on`,
    );
    const { one, two } = await measureThroughput(rounds);
    console.log(
      `one worker: ${one.toFixed(1)} clips a minute; two: ${two.toFixed(1)}, ` +
        `${(two / one).toFixed(2)} times as many`,
    );
    return 0;
  }
  const { seconds, jobs } = await measureJobs(10_000);
  console.log(
    `${jobs} empty jobs in ${seconds.toFixed(1)} s: ${
      (1000 * seconds / jobs).toFixed(2)
    } ms a job, ` +
      `${Math.round(60 * jobs / seconds)} a minute`,
  );
  const setup = { people: 12, clips: 10, workers: 4, kills: 10, restarts: 2, stops: 1, seed: 22 };
  const took = await chaos(setup);
  console.log(
    `${setup.people * setup.clips} clips of ${setup.people} people, ${setup.workers} workers, ` +
      `${setup.kills} killed, ${setup.stops} stopped beyond its lease, the server killed ` +
      `${setup.restarts} times: ${
        took.toFixed(0)
      } s, each result there once, all outputs the same bytes`,
  );
  return 0;
}, Deno.args);
