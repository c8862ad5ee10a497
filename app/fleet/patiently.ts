import { JetStreamApiError } from "@nats-io/jetstream";
import { ClosedConnectionError } from "@nats-io/transport-node";

/** For how long a server may be away, in milliseconds. */
const longest = 300_000;

/** The server's error code for a JetStream that is still starting. */
const notReady = 10008;

/**
 * Does something at the server, again and again while it is away or starting: the connection comes back by
 * itself. What is done must be harmless twice, since an answer may be lost.
 */
export async function patiently<T>(action: () => Promise<T>): Promise<T> {
  for (const start = Date.now();;) {
    try {
      return await action();
    } catch (error) {
      if (!isPassing(error) || Date.now() - start > longest) throw error;
      await new Promise((resolve) => setTimeout(resolve, 300));
    }
  }
}

/** Whether it may go better a little later. The server's own answers are final, except that it is not ready. */
function isPassing(error: unknown): boolean {
  if (error instanceof JetStreamApiError) return error.code === notReady;
  if (error instanceof ClosedConnectionError) return false;
  const { name } = error as Error;
  return [
    "TimeoutError",
    "NoRespondersError",
    "RequestError",
    "JetStreamNotEnabled",
    "JetStreamStatusError",
    "JetStreamError",
    "ConnectionError",
  ].includes(name);
}
