import { setTimeout as sleep } from "node:timers/promises";
import { DownloadError } from "./download_error.ts";

/** How often and how soon to retry. */
export interface RetryOptions {
  readonly signal?: AbortSignal;
  /** Retries without progress before giving up. */
  readonly retries?: number;
  /** The delay before the first retry; it doubles each time. */
  readonly backOffMs?: number;
}

/** An attempt that brought this many bytes counts as progress. */
const progressBytes = 2 ** 20;

/** Retries after a `DownloadError` that allows it; `brought` tells whether there was progress. */
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
      // Limited, so that no server can make us wait for a day.
      await sleep(Math.min(wait, 60_000), undefined, signal ? { signal } : {}).catch(() => {});
      signal?.throwIfAborted();
    }
  }
}
