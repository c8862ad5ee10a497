/** Exit code of a command that Ctrl-C ended. */
export const interruptedCode = 130;

/** The reason with which Ctrl-C aborts a command. */
export class Interrupted extends Error {
  override name = "Interrupted";
}

/** A signal that the first Ctrl-C aborts; a second one ends the process as usual. */
export function interruptSignal(): { readonly signal: AbortSignal } & Disposable {
  const controller = new AbortController();
  const listen = () => {
    Deno.removeSignalListener("SIGINT", listen);
    controller.abort(new Interrupted("interrupted"));
  };
  Deno.addSignalListener("SIGINT", listen);
  return {
    signal: controller.signal,
    [Symbol.dispose]() {
      if (!controller.signal.aborted) Deno.removeSignalListener("SIGINT", listen);
    },
  };
}

/** Waits for an action or for Ctrl-C, whichever comes first. For actions that take no signal. */
export async function untilInterrupted<T>(action: Promise<T>, signal: AbortSignal): Promise<T> {
  const { promise: interrupted, reject } = Promise.withResolvers<never>();
  const listen = () => reject(signal.reason);
  signal.throwIfAborted();
  signal.addEventListener("abort", listen, { once: true });
  try {
    return await Promise.race([action, interrupted]);
  } finally {
    signal.removeEventListener("abort", listen);
  }
}
