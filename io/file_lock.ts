import { dirname } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

/**
 * Waits for a lock that other processes honour too, Python's huggingface_hub among them. The file
 * stays: removing it would let two others hold locks on two files of the same name.
 */
export async function lockFile(path: string, signal?: AbortSignal): Promise<Disposable> {
  await Deno.mkdir(dirname(path), { recursive: true });
  const file = await Deno.open(path, { read: true, write: true, create: true });
  try {
    // Asked again and again rather than waited for: a wait could not be aborted.
    for (let wait = 5; !await file.tryLock(true); wait = Math.min(2 * wait, 250)) {
      await sleep(wait);
      signal?.throwIfAborted();
    }
  } catch (error) {
    file.close();
    throw error;
  }
  return { [Symbol.dispose]: () => file.close() };
}
