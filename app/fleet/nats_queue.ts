import {
  AckPolicy,
  type Consumer,
  DiscardPolicy,
  jetstream,
  JetStreamApiError,
  type JetStreamClient,
  type JetStreamManager,
  jetstreamManager,
  type JsMsg,
  RetentionPolicy,
} from "@nats-io/jetstream";
import { type KV, Kvm } from "@nats-io/kv";
import { connect, credsAuthenticator, type NatsConnection } from "@nats-io/transport-node";
import type { QueueAddress } from "./queue_options.ts";
import { patiently } from "./patiently.ts";
import type { Result } from "./result.ts";

/** The stream of what is to be done, its one consumer, and the buckets. */
const stream = "autt-jobs", consumerName = "workers";
const buckets = { work: "autt-work", results: "autt-results" } as const;

/** Subjects: a message is a job, or tells that a person's line has clips left. */
export const jobSubject = "autt.job.", lineSubject = "autt.line.";

/** Seconds after which the job of a worker that says nothing goes to another one. */
export const usualLease = 30;

/** The queue's error for a second message of one subject, and for a revision that is not the last. */
const tooManyOfSubject = 10077, wrongRevision = 10071;

/** Jobs, people's lines and results, on a NATS server with JetStream. All of it survives the server's end. */
export class NatsQueue implements AsyncDisposable {
  /** Lines of people, what was learnt of them, and failures so far. */
  readonly work: KV;
  /** Results, each under its job's id. */
  readonly results: KV;
  /** Seconds after which the job of a worker that says nothing goes to another one. */
  readonly lease: number;
  readonly #connection: NatsConnection;
  readonly #manager: JetStreamManager;
  readonly #jetstream: JetStreamClient;
  readonly #consumer: Consumer;

  private constructor(
    connection: NatsConnection,
    manager: JetStreamManager,
    consumer: Consumer,
    lease: number,
    kept: { readonly work: KV; readonly results: KV },
  ) {
    this.#connection = connection;
    this.#manager = manager;
    this.#jetstream = jetstream(connection);
    this.#consumer = consumer;
    this.lease = lease;
    this.work = kept.work;
    this.results = kept.results;
  }

  /**
   * Connects, and makes the queue if it is not there.
   *
   * @param lease Of a queue that is made; one that is there keeps its own.
   */
  static async open(address: QueueAddress, lease = usualLease): Promise<NatsQueue> {
    const connection = await connectTo(address);
    try {
      const manager = await jetstreamManager(connection);
      await manager.streams.info(stream).catch((error) => {
        if ((error as { status?: number }).status !== 404 && error.code !== 10059) throw error;
        return manager.streams.add({
          name: stream,
          subjects: [`${jobSubject}*`, `${lineSubject}*`],
          retention: RetentionPolicy.Workqueue,
          // A job that waits or runs is not put in again.
          max_msgs_per_subject: 1,
          discard: DiscardPolicy.New,
          discard_new_per_subject: true,
        });
      });
      const made = await manager.consumers.info(stream, consumerName).catch((error) => {
        if ((error as { status?: number }).status !== 404 && error.code !== 10014) throw error;
        return manager.consumers.add(stream, {
          durable_name: consumerName,
          ack_policy: AckPolicy.Explicit,
          ack_wait: lease * 1e9,
          max_deliver: -1,
          max_ack_pending: 10_000,
        });
      });
      const client = jetstream(connection), kvm = new Kvm(client);
      const kept = {
        work: await kvm.create(buckets.work),
        results: await kvm.create(buckets.results),
      };
      const consumer = await client.consumers.get(stream, consumerName);
      const seconds = (made.config.ack_wait ?? lease * 1e9) / 1e9;
      return new NatsQueue(connection, manager, consumer, seconds, kept);
    } catch (error) {
      await connection.close();
      const { message } = error as Error;
      throw new Error(
        `Cannot use the queue at ${address.server}: ${message}: it must be a nats-server from 2.9 on ` +
          "that runs with -js, and let you use its JetStream",
        { cause: error },
      );
    }
  }

  /** Puts a message in. Returns whether it is new: one of this subject may wait or run already. */
  async publish(subject: string, message: unknown): Promise<boolean> {
    try {
      const text = JSON.stringify(message);
      await patiently(() => this.#jetstream.publish(subject, text));
      return true;
    } catch (error) {
      if (hasCode(error, tooManyOfSubject)) return false;
      throw error;
    }
  }

  /** Takes the next message; undefined if none came within a few seconds. */
  async take(seconds = 2): Promise<JsMsg | undefined> {
    const message = await patiently(() => this.#consumer.next({ expires: seconds * 1000 }));
    return message ?? undefined;
  }

  /** Ends a message: it is not given to any worker again. */
  async done(message: JsMsg): Promise<void> {
    await patiently(() => message.ackAck());
  }

  /** Keeps the queue from giving the message to another worker, until disposed. */
  hold(message: JsMsg): Disposable {
    const timer = setInterval(() => message.working(), this.lease * 1000 / 3);
    return { [Symbol.dispose]: () => clearInterval(timer) };
  }

  /** The result of a job, if it has one. */
  async result(id: string): Promise<Result | undefined> {
    const entry = await patiently(() => this.results.get(id));
    return entry?.operation === "PUT" ? entry.json<Result>() : undefined;
  }

  /** Keeps a result, if the job has none yet: the first counts. */
  async keepResult(id: string, result: Result): Promise<void> {
    await this.create(this.results, id, JSON.stringify(result));
  }

  /** Puts a value under a key that has none; returns whether it did. */
  async create(bucket: KV, key: string, value: string | Uint8Array): Promise<boolean> {
    try {
      await patiently(() => bucket.create(key, value));
      return true;
    } catch (error) {
      if (hasCode(error, wrongRevision)) return false;
      throw error;
    }
  }

  /** Replaces the value of a key if it is still of this revision; returns whether it was. */
  async replace(bucket: KV, key: string, value: string, revision: number): Promise<boolean> {
    try {
      await patiently(() => bucket.update(key, value, revision));
      return true;
    } catch (error) {
      if (hasCode(error, wrongRevision)) return false;
      throw error;
    }
  }

  /** How many messages wait, and how many are with workers. */
  async counts(): Promise<{ readonly waiting: number; readonly running: number }> {
    const info = await patiently(() => this.#manager.consumers.info(stream, consumerName));
    return { waiting: info.num_pending, running: info.num_ack_pending };
  }

  /** The entries of a bucket as they are now. */
  async *entries(
    bucket: KV,
    key = ">",
  ): AsyncGenerator<{ readonly key: string; readonly value: Uint8Array }> {
    const { bucket: name } = await bucket.status();
    const { state } = await this.#manager.streams.info(`KV_${name}`, {
      subjects_filter: `$KV.${name}.${key}`,
    });
    if (Object.keys(state.subjects ?? {}).length === 0) return;
    for await (const entry of await bucket.watch({ key })) {
      if (entry.operation === "PUT") yield { key: entry.key, value: entry.value };
      if (entry.delta === 0) return;
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    // What was given back must leave this machine; a server that is away is not waited for.
    const late = new Promise<void>((resolve) => setTimeout(resolve, 500));
    await Promise.race([this.#connection.flush().catch(() => {}), late]);
    await this.#connection.close();
  }
}

const hasCode = (error: unknown, code: number) =>
  error instanceof JetStreamApiError && error.code === code;

async function connectTo({ server, tls, creds }: QueueAddress): Promise<NatsConnection> {
  try {
    return await connect({
      servers: server,
      // Other servers of a cluster are at other addresses, to which this process may not connect.
      ignoreClusterUpdates: true,
      maxReconnectAttempts: -1,
      reconnectTimeWait: 500,
      // Of a server that neither answers nor closes the connection.
      pingInterval: 20_000,
      ...(tls && { tls }),
      ...(creds && { authenticator: credsAuthenticator(creds) }),
    });
  } catch (error) {
    if (error instanceof Deno.errors.NotCapable) throw error;
    const { cause, message } = error as Error;
    if (cause instanceof Deno.errors.NotCapable) throw cause;
    throw new Error(
      `Cannot connect to the queue at ${server}: ${message}: see whether nats-server runs there, and ` +
        "whether it wants --creds or tls://",
      { cause: error },
    );
  }
}
