import { type Device, openDevice } from "../../engine/mod.ts";
import { parseOptions, runCommand } from "../../app/terminal/terminal.ts";
import { designs } from "../devices.ts";
import { drawSession } from "./draw.ts";
import { printSession, type Session } from "./program.ts";
import { runSession } from "./session.ts";
import { shrink } from "./shrink.ts";

const help = `Runs random programs against their float64 references: forward and gradient, planned,
replayed, assigned and disposed in random order. A failure is shrunk and printed.

usage: ./autt fuzz [options]
  --seconds N   how long (3600)
  --seed N      the first session (1); each next one has the next seed
  --count N     sessions at most
  --help        this text`;

/** Where sessions run. */
export type Devices = Readonly<Record<Session["design"], Device>>;

/** Opens a device for each design. */
export async function openDevices(): Promise<Devices> {
  return {
    chosen: await openDevice({ families: designs.chosen }),
    gpu: await openDevice({ families: designs.gpu }),
  };
}

/** Runs the session of a seed. Gives nothing where all is well, else the smallest program that fails. */
export async function fuzz(devices: Devices, seed: number): Promise<string | undefined> {
  const session = drawSession(seed);
  const failure = await failureOf(devices, session);
  if (failure === undefined) return undefined;
  const kind = kindOf(failure);
  const smallest = await shrink(session, async (candidate) => {
    const other = await failureOf(devices, candidate);
    return other !== undefined && kindOf(other) === kind;
  });
  const last = await failureOf(devices, smallest) ?? failure;
  return `seed ${seed}: ${last.message}\n${printSession(smallest)}`;
}

async function failureOf(devices: Devices, session: Session): Promise<Error | undefined> {
  try {
    await runSession(devices[session.design], session);
    return undefined;
  } catch (error) {
    return error as Error;
  }
}

/** What stays the same while a session shrinks: the error without its names and numbers. */
function kindOf({ name, message }: Error): string {
  return `${name}: ${message.replace(/["[].*|[\d.e+-]+.*/s, "")}`;
}

async function main(args: string[]): Promise<number> {
  const { values } = parseOptions(args, {
    help: { type: "boolean", short: "h" },
    seconds: { type: "string", default: "3600" },
    seed: { type: "string", default: "1" },
    count: { type: "string", default: "1e9" },
  });
  if (values.help) {
    console.log(help);
    return 0;
  }
  const devices = await openDevices();
  const end = performance.now() + 1000 * Number(values.seconds), first = Number(values.seed);
  let failed = 0, done = 0;
  while (done < Number(values.count) && performance.now() < end) {
    const failure = await fuzz(devices, first + done++);
    if (failure === undefined) continue;
    failed++;
    console.log(`${failure}\n`);
  }
  for (const device of Object.values(devices)) device[Symbol.dispose]();
  console.log(`${done - failed} passed, ${failed} failed`);
  return failed > 0 ? 1 : 0;
}

if (import.meta.main) await runCommand(main, Deno.args);
