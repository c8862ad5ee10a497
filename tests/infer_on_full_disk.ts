/** `infer` on a disk with room for a few bytes, and then with none. */
import { infer } from "../app/infer/infer_command.ts";
import { runCommand } from "../app/terminal/terminal.ts";

const { writeFile } = Deno;
Deno.writeFile = async (path, data, options) => {
  if (data instanceof Uint8Array) await writeFile(path, data.subarray(0, 9), options);
  throw Object.assign(new Error("No space left on device"), { code: "ENOSPC" });
};

await runCommand(infer, Deno.args);
