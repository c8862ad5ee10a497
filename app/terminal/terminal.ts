import "../../engine/deno_host.ts";
import { resolve } from "node:path";
import { parseArgs, type ParseArgsConfig } from "node:util";
import {
  type AdapterChoice,
  adapterChoices,
  environment,
  openDevice,
  parseAdapterChoice,
} from "../../engine/mod.ts";
import { ScheduleFiles, schedulesFolder } from "../tune/schedule_files.ts";
import { say } from "./status_line.ts";
import type { Device, DeviceOptions } from "../../engine/mod.ts";
import { type Precision, precisions } from "../../model/clip/precision.ts";

/** An invalid command line: shown without a stack trace, exit code 2. */
export class UsageError extends Error {
  override name = "UsageError";
}

/** Thrown where `--help` is given: the text is shown, exit code 0. */
export class HelpWanted extends Error {
  override name = "HelpWanted";
  readonly help: string;

  /** The text to show. */
  constructor(help: string) {
    super("help is wanted");
    this.help = help;
  }
}

/** The exit code by which a command asks the launcher to fetch a model and to run it again. */
const modelWanted = 75;

/** Thrown once the launcher has been told which model to fetch. */
export class ModelWanted extends Error {
  override name = "ModelWanted";
}

/**
 * Resolves a path against the user's working directory: tasks run in the checkout, and INIT_CWD says where
 * the user was. A path that was left out stays so. Throws without permission to read it, because the
 * path would be wrong.
 */
export function userPath<P extends string | undefined>(path: P) {
  const resolved = path === undefined
    ? undefined
    : resolve(Deno.env.get("INIT_CWD") || Deno.cwd(), path);
  return resolved as P extends string ? string : undefined;
}

/** The options of commands that open a device: spread them into those of `parseOptions()`. */
export const deviceOptions = {
  adapter: { type: "string" },
  schedule: { type: "string" },
} as const;

/** What a command line says of the device to open. */
export interface DeviceChoice {
  readonly adapter?: string | undefined;
  readonly schedule?: string | undefined;
}

/** The option of everything that reads a CLIP: `readPrecision()` reads it. */
export const precisionOption = { precision: { type: "string" } } as const;

/** The options of commands that load a CLIP: spread them into those of `parseOptions()`. */
export const modelOptions = {
  ...deviceOptions,
  ...precisionOption,
  yes: { type: "boolean", default: false },
} as const;

/** Options that each take a text: spread them into those of `parseOptions()`. */
export const texts = <Name extends string>(...names: readonly Name[]) =>
  alike(names, { type: "string" } as const);

/** Options that are given or not: spread them into those of `parseOptions()`. */
export const switches = <Name extends string>(...names: readonly Name[]) =>
  alike(names, { type: "boolean", default: false } as const);

function alike<Name extends string, Option>(names: readonly Name[], option: Option) {
  return Object.fromEntries(names.map((name) => [name, option])) as Record<Name, Option>;
}

/** Parses options strictly. Where `--help` is given, throws a `HelpWanted` with this text. */
export function parseOptions<T extends NonNullable<ParseArgsConfig["options"]>>(
  args: string[],
  options: T,
  help?: string,
) {
  try {
    const parsed = parseArgs({
      args,
      allowPositionals: true,
      options: { ...options, help: { type: "boolean", short: "h" } },
    });
    if (help === undefined || !("help" in parsed.values)) return parsed;
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
  throw new HelpWanted(help);
}

/** How the CLIP's weights are to be kept, by `--precision`. */
export function readPrecision(text: string = precisions[0]): Precision {
  const precision = precisions.find((one) => one === text);
  if (precision) return precision;
  throw new UsageError(
    `Cannot keep weights with --precision ${text}: wanted ${precisions.join(" or ")}`,
  );
}

/** A number that a user gave, if it is allowed; else throws, with this sentence. */
export function allowedNumber(
  text: string,
  allows: (x: number) => boolean,
  refusal: string,
): number {
  const x = text.trim() === "" ? NaN : Number(text);
  if (allows(x)) return x;
  throw new UsageError(refusal);
}

/** Whether a number is whole and no less than this. */
export const isWhole = (x: number, least = 1) => Number.isInteger(x) && x >= least;

/** Help lines for the options of commands that open a device. */
export const deviceHelp = `  --adapter WHICH   ${adapterChoices.join(", ")} (or AUTT_ADAPTER)
  --schedule WHICH  measured (kernels as \`tune\` found them fastest here; the default), or default
                    (as fixed in the program)
  -h, --help        this text`;

/** The help line of `--precision`. */
export const precisionHelp =
  `  --precision P     f32, or f16: weights as halves, in half the memory (default f32; docs/numerics.md)`;

/** Help lines for the options of commands that load a CLIP. */
export const modelHelp = `${precisionHelp}
  --yes             fetch the model's weights without asking if they are not here (by ./autt)
${deviceHelp}`;

/** Opens the requested device and prints its name on standard error. */
export async function openNamed(
  { adapter, schedule = "measured" }: DeviceChoice,
  options: DeviceOptions = {},
): Promise<Device> {
  if (schedule !== "measured" && schedule !== "default") {
    throw new UsageError(`Cannot take schedule "${schedule}": wanted measured or default`);
  }
  const folder = schedule === "measured" ? schedulesFolder() : undefined;
  const schedules = folder && new ScheduleFiles(folder, say);
  let choice: AdapterChoice | undefined;
  try {
    if (adapter !== undefined) choice = parseAdapterChoice(adapter);
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
  const device = await openDevice({
    ...choice && { adapter: choice },
    ...schedules ? { schedules } : {},
    ...schedule === "default" ? { tune: false } : {},
    ...options,
  });
  const { fingerprint } = device.schedule, measured = fingerprint !== "default";
  console.error(`adapter: ${device.adapter.name}${measured ? `, schedule ${fingerprint}` : ""}`);
  if (device.schedule.measures && device.schedule.ways.size === 0 && options.tune === undefined) {
    say(
      "kernels are measured where they meet new sizes, which takes some seconds, once (AUTT_TUNE=0: not)",
    );
  }
  return device;
}

/**
 * Runs a command: its exit code is what it returns, 2 for an invalid command line, 1 for an error,
 * which is shown in one sentence (with its stack if AUTT_DEBUG is set).
 */
export async function runCommand(
  command: (args: string[]) => Promise<number>,
  args: string[],
): Promise<never> {
  try {
    Deno.exit(await command(args));
  } catch (error) {
    if (error instanceof ModelWanted) Deno.exit(modelWanted);
    if (error instanceof HelpWanted) {
      console.log(error.help);
      Deno.exit(0);
    }
    const usage = error instanceof UsageError;
    console.error(usage || !environment("AUTT_DEBUG") ? `error: ${sentenceOf(error)}` : error);
    Deno.exit(usage ? 2 : 1);
  }
}

/**
 * An error as a sentence. Deno's messages about a file that cannot be opened begin with the system's
 * words, and those about a missing permission do not say how to grant it.
 */
export function sentenceOf(error: unknown): string {
  const { message } = error as Error;
  const [, why = "", path] = /^(?!Cannot )(.*) \(os error \d+\): \w+ '(.*)'$/.exec(message) ?? [];
  if (path !== undefined) return `Cannot open "${path}": ${why[0]?.toLowerCase()}${why.slice(1)}`;
  const [, kind, what = ""] = /Requires (\w+) access( to [^,]*)?/.exec(message) ?? [];
  if (kind === undefined) return message;
  const own = kind === "run" ? " (and ./autt allows the program that AUTT_FFMPEG names)" : "";
  return `Cannot go on without ${kind} access${what}: \`./autt\` gives each command what it ` +
    `needs${own}; by hand add --allow-${kind}`;
}
