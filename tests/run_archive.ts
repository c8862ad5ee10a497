/**
 * Unpacks the archive of bench:device into a folder and runs it there as on a bare machine: without
 * network, cache or settings, with only the system's own programs. Arguments: the archive, the
 * folder, arguments of the run.
 */
const [archive = "", folder = "", ...args] = Deno.args;

async function run(program: string, args: string[]): Promise<number> {
  const { code } = await new Deno.Command(program, {
    args,
    cwd: folder,
    clearEnv: true,
    env: { PATH: "/usr/bin:/bin:/usr/sbin:/sbin", HOME: folder, NO_COLOR: "1" },
  }).spawn().status;
  return code;
}

const unpacked = await run("tar", ["-xf", archive]);
Deno.exit(unpacked || await run("sh", ["device-bench/run.sh", ...args]));
