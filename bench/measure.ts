import process from "node:process";
import type { Device } from "../engine/mod.ts";

/** What one run takes. */
export interface Measurement {
  /** Wall time, the least of several rounds. */
  readonly seconds: number;
  /** Time of this process on all cores: what counts on a software adapter. */
  readonly coreSeconds: number;
}

const rounds = 4;

/** CPU time of this process so far, over all its threads. */
export function coreSeconds(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
}

/**
 * Times an action that submits work: rounds of as many runs as fill the seconds given, without reading back between
 * them. What waiting itself costs (about 10 ms in Deno) is measured beside each round and taken off.
 */
export async function measure(
  device: Device,
  run: () => void,
  roundSeconds: number,
): Promise<Measurement> {
  const round = async (runs: number): Promise<Measurement> => {
    await device.settled();
    const start = performance.now(), cores = coreSeconds();
    for (let i = 0; i < runs; i++) run();
    await device.settled();
    return {
      seconds: (performance.now() - start) / 1000,
      coreSeconds: coreSeconds() - cores,
    };
  };
  await round(1); // compiles what the driver left for the first run
  const idle = Math.min((await round(0)).seconds, (await round(0)).seconds);
  let runs = 1, once = await round(1);
  while (once.seconds - idle < roundSeconds && runs < 2 ** 20) {
    const least = Math.max((once.seconds - idle) / runs, roundSeconds / 2 ** 20);
    runs = Math.max(2 * runs, Math.min(runs * 100, Math.ceil(roundSeconds / least)));
    once = await round(runs);
  }
  let best: Measurement = once;
  for (let i = 1; i < rounds; i++) {
    const next = await round(runs);
    best = {
      seconds: Math.min(best.seconds, next.seconds),
      coreSeconds: Math.min(best.coreSeconds, next.coreSeconds),
    };
  }
  return {
    seconds: Math.max(best.seconds - idle, 1e-9) / runs,
    coreSeconds: best.coreSeconds / runs,
  };
}
