import { dirname } from "node:path";
import { modelAdvice, writing } from "../files/writing.ts";
import { setTimeout as sleep } from "node:timers/promises";

/** Options of waiting for a lock. */
export interface LockOptions {
  readonly signal?: AbortSignal | undefined;
  /** Called once if waiting takes a while. */
  readonly onWait?: ((path: string) => void) | undefined;
}

/** A wait counts as long once the polling interval reaches this, in milliseconds. */
const longWait = 160;

/**
 * Waits for a lock that other processes respect too, such as Python's huggingface_hub. The lock file
 * is kept: removing it would let two processes hold locks on two files of the same name.
 */
export async function lockFile(
  path: string,
  { signal, onWait }: LockOptions = {},
): Promise<Disposable> {
  const file = await writing(path, async () => {
    await Deno.mkdir(dirname(path), { recursive: true });
    return await Deno.open(path, { read: true, write: true, create: true });
  }, modelAdvice);
  try {
    // Polled, because a blocking wait could not be aborted.
    for (let wait = 5; !await file.tryLock(true); wait = Math.min(2 * wait, 250)) {
      if (wait === longWait) onWait?.(path);
      await sleep(wait);
      signal?.throwIfAborted();
    }
  } catch (error) {
    file.close();
    throw error;
  }
  return { [Symbol.dispose]: () => file.close() };
}
