/** A script in Python that answers each line with a line of JSON, after one that tells PyTorch's version. */
export interface PythonPeer extends AsyncDisposable {
  /** Of PyTorch. */
  readonly version: string;
  /** Lets it take one step. */
  run<T>(): Promise<T>;
}

/** PyTorch in a process of its own and on one thread; the script is given a file with these bytes. */
export async function startPython(
  script: URL,
  bytes: Uint8Array<ArrayBuffer>,
  python: string,
): Promise<PythonPeer> {
  const folder = await Deno.makeTempDir({ prefix: "autt-bench-" });
  await using undo = new AsyncDisposableStack();
  undo.defer(() => Deno.remove(folder, { recursive: true }));
  const path = `${folder}/step.safetensors`;
  await Deno.writeFile(path, bytes);
  const process = spawn(python, {
    args: [script.pathname, path],
    // The libraries below PyTorch have threads of their own.
    env: {
      ...{ OMP_NUM_THREADS: "1", OPENBLAS_NUM_THREADS: "1", MKL_NUM_THREADS: "1" },
      PYTHONPATH: new URL(".", import.meta.url).pathname, // of what the scripts share
      PYTHONDONTWRITEBYTECODE: "1",
    },
    stdin: "piped",
    stdout: "piped",
    stderr: "inherit",
  });
  undo.defer(async () => void await process.status);
  const writer = process.stdin.getWriter();
  undo.defer(() => writer.close().catch(() => {})); // it may have ended
  const texts = process.stdout.pipeThrough(new TextDecoderStream()).getReader();
  let text = "";
  const answer = async <T>(): Promise<T> => {
    while (!text.includes("\n")) {
      const { value, done } = await texts.read();
      if (done) {
        throw new Error(`Cannot compare: "${python}" has no PyTorch, or it failed, see above`);
      }
      text += value;
    }
    const end = text.indexOf("\n"), line = text.slice(0, end);
    text = text.slice(end + 1);
    return JSON.parse(line);
  };
  const { version } = await answer<{ version: string }>();
  const owned = undo.move();
  return {
    version,
    async run<T>(): Promise<T> {
      await writer.write(new TextEncoder().encode("\n"));
      return await answer<T>();
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

function spawn(python: string, options: Deno.CommandOptions): Deno.ChildProcess {
  try {
    return new Deno.Command(python, options).spawn();
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    throw new Error(
      `Cannot compare: there is no program "${python}": name a Python that has PyTorch by --python`,
    );
  }
}
