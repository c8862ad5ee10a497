import { join } from "node:path";
import { runDeno } from "../fakes.ts";

const environmentOf = (folder: string) => ({
  NO_COLOR: "1",
  INIT_CWD: folder,
  HF_HUB_CACHE: join(folder, "none"),
  AUTT_MODELS: join(folder, "none"),
  AUTT_SUBJECTS: join(folder, "people"),
});

/** How Deno is started for a command of the fleet: with no right to connect elsewhere or to write elsewhere. */
function argumentsOf(command: string, url: string, folder: string, args: readonly string[]) {
  const net = `--allow-net=${url.replace(/^\w+:\/\//, "")}`;
  const write = `--allow-write=${folder}`;
  return [
    ...["run", "--quiet", "--no-prompt", "--allow-read", "--allow-env", "--allow-sys", net],
    ...(command === "submit" ? [] : [write]),
    ...(command === "work" ? ["--allow-run=ffmpeg", "--allow-ffi"] : []),
    ...["main.ts", command, "--queue", url, ...args],
  ];
}

/** Runs a command of the fleet to its end, in a folder. */
export function fleet(command: string, url: string, folder: string, ...args: string[]) {
  return runDeno(argumentsOf(command, url, folder, args), environmentOf(folder));
}

/** Starts a worker. */
export function startWorker(url: string, folder: string, ...args: string[]): Deno.ChildProcess {
  return new Deno.Command("deno", {
    args: argumentsOf("work", url, folder, args),
    env: environmentOf(folder),
    cwd: new URL("../..", import.meta.url),
    stdin: "null",
    stdout: "null",
    stderr: "null",
  }).spawn();
}
