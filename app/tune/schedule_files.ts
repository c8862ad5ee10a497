import { dirname, join } from "node:path";
import project from "../../deno.json" with { type: "json" };
import { environment, type MeasuredWay, type ScheduleStore } from "../../engine/mod.ts";
import { ifThere } from "../../io/files/if_there.ts";
import { sha256 } from "../../io/files/sha256.ts";
import { writeAtomically } from "../../io/files/write_atomically.ts";

/**
 * The folder of measured schedules: AUTT_SCHEDULES, or one in the user's cache. None where a command may
 * not look for it.
 */
export function schedulesFolder(): string | undefined {
  const home = environment("HOME") ?? environment("USERPROFILE");
  const cache = environment("XDG_CACHE_HOME") ?? (home && join(home, ".cache"));
  return environment("AUTT_SCHEDULES") ?? (cache && join(cache, "autt", "schedules"));
}

/**
 * Keeps measured schedules in a folder: a file for each adapter, driver and version of ours. What can't
 * be read or written is said in a sentence: everything computes without it too.
 */
export class ScheduleFiles implements ScheduleStore {
  readonly #folder: string;
  readonly #say: (sentence: string) => void;

  /** Says by `say` what is wrong with a file. */
  constructor(folder: string, say: (sentence: string) => void) {
    this.#folder = folder;
    this.#say = say;
  }

  /** The file of an adapter. */
  async path(adapter: string): Promise<string> {
    const hash = await sha256([[adapter, await driver(), project.version].join("\n")]);
    return join(this.#folder, `${hash.slice(0, 16)}.json`);
  }

  /** What was kept for an adapter. A damaged file is ignored and written anew. */
  async load(adapter: string): Promise<Map<string, MeasuredWay>> {
    const path = await this.path(adapter);
    try {
      const text = await ifThere(Deno.readTextFile(path));
      return text === undefined ? new Map() : decode(text);
    } catch (error) {
      if (!(error instanceof SyntaxError)) {
        this.#say(`Measured schedules can't be read: ${(error as Error).message}`);
        return new Map();
      }
      this.#say(`Measured schedules are damaged and begin anew: ${path}`);
      await this.save(adapter, new Map());
      return new Map();
    }
  }

  /** Keeps what was measured. */
  async save(adapter: string, ways: ReadonlyMap<string, MeasuredWay>): Promise<void> {
    const path = await this.path(adapter);
    try {
      await Deno.mkdir(dirname(path), { recursive: true });
      await writeAtomically(path, encode(adapter, await driver(), ways));
    } catch (error) {
      this.#say(`Measured schedules can't be kept: ${(error as Error).message}`);
    }
  }
}

/**
 * What tells one driver from the next: adapters tell their names alone. On Linux these are the files that
 * name the drivers to Vulkan, which come with each version of a driver; elsewhere nothing is told.
 */
async function driver(): Promise<string> {
  if (Deno.build.os !== "linux") return "";
  const told: string[] = [];
  for (const folder of ["/usr/share/vulkan/icd.d", "/etc/vulkan/icd.d"]) {
    try {
      for await (const { name } of Deno.readDir(folder)) {
        const { size, mtime } = await Deno.stat(join(folder, name));
        told.push(`${name} ${size} ${mtime?.getTime()}`);
      }
    } catch {
      // It is not there, or may not be read.
    }
  }
  return told.sort().join("\n");
}

function encode(adapter: string, driver: string, ways: ReadonlyMap<string, MeasuredWay>): string {
  const json = {
    schema: "autt.schedule",
    schema_version: 1,
    autt: project.version,
    adapter,
    driver,
    ways: [...ways].map(([operation, { way, seconds, usualSeconds }]) => ({
      ...{ operation, way, seconds, usual_seconds: usualSeconds },
    })),
  };
  return JSON.stringify(json, null, 2) + "\n";
}

/** Throws a `SyntaxError` where a file is not what `encode()` makes. */
function decode(text: string): Map<string, MeasuredWay> {
  const { schema, schema_version: version, ways } = Object(JSON.parse(text));
  if (schema !== "autt.schedule" || version !== 1 || !Array.isArray(ways)) {
    throw new SyntaxError("no schedule");
  }
  return new Map(ways.map((row) => {
    const { operation, way, seconds, usual_seconds: usualSeconds } = Object(row);
    const whole = typeof operation === "string" && typeof way === "string" && seconds >= 0 &&
      usualSeconds >= 0;
    if (!whole) throw new SyntaxError("no row of a schedule");
    return [operation, { way, seconds, usualSeconds }];
  }));
}
