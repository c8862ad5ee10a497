import { surroundWaits } from "../../engine/host.ts";
import { clearStatus, say } from "./status_line.ts";

/** The reason with which Ctrl-C aborts a command. */
export class Interrupted extends Error {
  override name = "Interrupted";
}

/** What Ctrl-C does while the device keeps the event loop waiting, up to seconds on a CPU. */
export type WhileWaiting =
  /** It is heard afterwards: for commands that have something to put in order. */
  | "wait"
  /** It ends the process, without a word: for commands that leave nothing behind at such times. */
  | "end";

/** A signal that the first Ctrl-C aborts; a second one ends the process as usual. */
export function interruptSignal(
  whileWaiting: WhileWaiting = "wait",
): { readonly signal: AbortSignal } & Disposable {
  const controller = new AbortController(), { signal } = controller;
  const listen = () => {
    Deno.removeSignalListener("SIGINT", listen);
    controller.abort(new Interrupted("interrupted"));
  };
  Deno.addSignalListener("SIGINT", listen);
  surroundWaits((wait) => {
    if (whileWaiting === "wait" || signal.aborted) return wait();
    Deno.removeSignalListener("SIGINT", listen);
    try {
      return wait();
    } finally {
      Deno.addSignalListener("SIGINT", listen);
    }
  });
  return {
    signal,
    [Symbol.dispose]() {
      surroundWaits();
      if (!signal.aborted) Deno.removeSignalListener("SIGINT", listen);
    },
  };
}

/**
 * Runs an action that Ctrl-C stops: then says so, by `stopped`, and gives the exit code of that. A
 * status line is removed before.
 *
 * @param whileWaiting What it does while the device keeps the event loop waiting.
 */
export async function stoppable(
  action: (signal: AbortSignal) => Promise<number>,
  stopped: string | (() => Promise<string>),
  whileWaiting?: WhileWaiting,
): Promise<number> {
  using interrupt = interruptSignal(whileWaiting);
  try {
    return await action(interrupt.signal);
  } catch (error) {
    clearStatus();
    if (!(error instanceof Interrupted)) throw error;
    say(typeof stopped === "string" ? stopped : await stopped());
    return 130;
  }
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
