import { dirname } from "node:path";
import { modelAdvice, writing } from "../files/writing.ts";
import { setTimeout as sleep } from "node:timers/promises";

/** What happens while a lock is waited for. */
export interface LockOptions {
  readonly signal?: AbortSignal | undefined;
  /** Told once, when it has taken a while. */
  readonly onWait?: ((path: string) => void) | undefined;
}

/** Milliseconds between two looks from which on a wait is a long one. */
const longWait = 160;

/**
 * Waits for a lock that other processes honour too, Python's huggingface_hub among them. The file
 * stays: removing it would let two others hold locks on two files of the same name.
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
    // Asked again and again rather than waited for: a wait could not be aborted.
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
