import { environment } from "../../engine/mod.ts";
import { texts, UsageError, userPath } from "../terminal/terminal.ts";

/** Options by which commands reach the queue: spread them into those of `parseOptions()`. */
export const queueOptions = texts("queue", "creds", "ca");

/** Help lines for them. */
export const queueHelp =
  `  --queue URL       the NATS server: nats://HOST[:PORT], or tls://HOST[:PORT]
  --creds FILE      credentials for it, as nsc writes them (or NATS_CREDS)
  --ca FILE         certificate of the authority that signed the server's, for tls://
  -h, --help        this text`;

/** Where the queue is and how to get in. */
export interface QueueAddress {
  /** HOST:PORT. */
  readonly server: string;
  readonly tls: { readonly caFile?: string } | undefined;
  readonly creds: Uint8Array | undefined;
}

/** Reads these options. */
export async function readQueueOptions(
  values: { readonly [option in "queue" | "creds" | "ca"]?: string | undefined },
): Promise<QueueAddress> {
  const { queue, ca } = values;
  if (queue === undefined) {
    throw new UsageError("Cannot reach a queue: name its server, as in --queue nats://HOST");
  }
  const url = URL.canParse(queue) ? new URL(queue) : undefined;
  if (!url || !["nats:", "tls:"].includes(url.protocol) || url.hostname === "") {
    throw new UsageError(`Cannot reach the queue "${queue}": wanted nats://HOST or tls://HOST`);
  }
  if (url.username !== "" || url.password !== "") {
    throw new UsageError(
      "Cannot take a password in --queue, where others on this machine see it: use --creds FILE",
    );
  }
  if (ca !== undefined && url.protocol !== "tls:") {
    throw new UsageError("Cannot check a certificate without TLS: write --queue tls://HOST");
  }
  const creds = values.creds ?? environment("NATS_CREDS");
  return {
    server: `${url.hostname}:${url.port || 4222}`,
    tls: url.protocol !== "tls:" ? undefined : ca === undefined ? {} : { caFile: userPath(ca) },
    creds: creds === undefined ? undefined : await Deno.readFile(userPath(creds)),
  };
}
