// What the library uses of Deno, for Node and Bun. The npm package's modules that name Deno import it from here.
import { Deno as shim } from "@deno/shim-deno";
import { spawn } from "node:child_process";
import { readSync } from "node:fs";
import { Readable, Writable } from "node:stream";

class NotADirectory extends Error {}
class NotCapable extends Error {}

/** A program that is run, as `Deno.Command` does it, with streams of the web. */
class Command {
  #program;
  #options;

  constructor(program, options = {}) {
    this.#program = program;
    this.#options = options;
  }

  spawn() {
    const { args = [], stdin = "inherit", stdout = "inherit", stderr = "inherit" } = this.#options;
    const mode = (kind) => ({ piped: "pipe", null: "ignore" })[kind] ?? "inherit";
    const child = spawn(this.#program, args, { stdio: [mode(stdin), mode(stdout), mode(stderr)] });
    child.on("error", () => {}); // a program that is not there has no process, which is told at once
    if (child.pid === undefined) {
      throw new shim.errors.NotFound(`no such program: ${this.#program}`);
    }
    const { promise: status, resolve } = Promise.withResolvers();
    child.once(
      "exit",
      (code, signal) => resolve({ success: code === 0, code: code ?? 128, signal: signal ?? null }),
    );
    return {
      pid: child.pid,
      status,
      stdin: child.stdin && Writable.toWeb(child.stdin),
      stdout: child.stdout && Readable.toWeb(child.stdout),
      stderr: child.stderr && Readable.toWeb(child.stderr),
      kill: (signal) => child.kill(signal),
    };
  }
}

/** Opens a file to read at any place, which the shim's files cannot. */
async function open(path, options) {
  const file = await shim.open(path, options);
  let place = 0;
  return Object.assign(Object.create(file), {
    stat: () => file.stat(),
    close: () => file.close(),
    seekSync(offset) {
      place = offset;
    },
    readSync(bytes) {
      const count = readSync(file.rid, bytes, 0, bytes.length, place);
      place += count;
      return count === 0 ? null : count;
    },
  });
}

export const Deno = globalThis.Deno ??
  { ...shim, Command, open, errors: { ...shim.errors, NotADirectory, NotCapable } };
