import { setTimeout as sleep } from "node:timers/promises";
import { DownloadError } from "./download_error.ts";

/** How often and how soon something is tried again. */
export interface RetryOptions {
  readonly signal?: AbortSignal;
  /** Further attempts that bring nothing before it is given up. */
  readonly retries?: number;
  /** Before the first of them; doubled for each one after it. */
  readonly backOffMs?: number;
}

/** An attempt that brought this much is not held against the server. */
const progressBytes = 2 ** 20;

/** Tries again what a `DownloadError` says may go better, with `brought` to see if any of it did. */
export async function retry<T>(
  attempt: () => Promise<T>,
  { signal, retries = 4, backOffMs = 500 }: RetryOptions,
  brought: () => number = () => 0,
): Promise<T> {
  for (let failed = 0;;) {
    const before = brought();
    try {
      return await attempt();
    } catch (error) {
      signal?.throwIfAborted();
      if (!(error instanceof DownloadError) || !error.retry) throw error;
      failed = brought() - before >= progressBytes ? 0 : failed + 1;
      if (failed > retries) throw error;
      const wait = error.waitMs ?? backOffMs * 2 ** Math.max(0, failed - 1);
      // A limit, so that no server can put us to sleep for a day.
      await sleep(Math.min(wait, 60_000), undefined, signal ? { signal } : {}).catch(() => {});
      signal?.throwIfAborted();
    }
  }
}
