import assert from "node:assert/strict";
import { join } from "node:path";

const there = await new Deno.Command("nats-server", { args: ["--version"] }).output()
  .then(({ success }) => success, () => false);
const why = there || Deno.env.get("CI") ? "" : " (skipped: there is no nats-server here)";

/** A test with a real nats-server. Skipped, and says so, where there is none; never in CI. */
export function fleetTest(name: string, body: () => Promise<void>): void {
  // The client leaves a timer of its last reconnection behind.
  Deno.test({ name: `${name}${why}`, ignore: why !== "", fn: body, sanitizeOps: false });
}

/** A nats-server with its files in a folder, which can be ended and started again at the same address. */
export class NatsServer implements AsyncDisposable {
  /** HOST:PORT. */
  readonly address: string;
  readonly #port: number;
  readonly #folder: string;
  readonly #options: readonly string[];
  #process: Deno.ChildProcess | undefined;

  private constructor(folder: string, port: number, options: readonly string[]) {
    this.#folder = folder;
    this.#port = port;
    this.#options = options;
    this.address = `127.0.0.1:${port}`;
  }

  /** Starts one at a free port. */
  static async start(options: readonly string[] = []): Promise<NatsServer> {
    const folder = await Deno.makeTempDir({ prefix: "autt-nats-" });
    const probe = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    const { port } = probe.addr as Deno.NetAddr;
    probe.close();
    const server = new NatsServer(folder, port, options);
    await Deno.writeTextFile(
      join(folder, "server.conf"),
      `max_payload: 16MB\nlisten: "127.0.0.1:${port}"\njetstream { store_dir: "${folder}/store" }\n`,
    );
    await server.start();
    return server;
  }

  /** The queue's address for commands. */
  get url(): string {
    return `nats://${this.address}`;
  }

  /** Starts it again, with what it has stored. */
  async start(): Promise<void> {
    this.#process = new Deno.Command("nats-server", {
      args: ["-c", join(this.#folder, "server.conf"), ...this.#options],
      stdin: "null",
      stdout: "null",
      stderr: "null",
    }).spawn();
    for (let tries = 0; tries < 100; tries++) {
      try {
        (await Deno.connect({ hostname: "127.0.0.1", port: this.#port })).close();
        return;
      } catch {
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
    }
    assert.fail(`nats-server does not answer at ${this.address}`);
  }

  /** Ends it as a machine ends that loses its power. */
  async kill(): Promise<void> {
    this.#process?.kill("SIGKILL");
    await this.#process?.status;
    this.#process = undefined;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.kill();
    await Deno.remove(this.#folder, { recursive: true });
  }
}
