/** What the runtime around the engine offers, where there is more than a page has. */
export interface Host {
  /** An environment variable; undefined where it is empty or may not be read. */
  environment(variable: string): string | undefined;
  /** Asks for an adapter with the system's drivers kept from printing harmless errors. */
  quietly<T>(action: () => Promise<T>): Promise<T>;
  /** What to install where there is no adapter. */
  readonly installHint: string;
}

const page: Host = {
  environment: () => undefined,
  quietly: (action) => action(),
  installHint: "enable WebGPU or install a graphics driver",
};

let host = page;

/** Sets the host; until then it is a page's: no variables, and nothing to keep quiet. */
export function setHost(offered: Host): void {
  host = offered;
}

/** The host in use. */
export function currentHost(): Host {
  return host;
}

/** An environment variable; undefined where it is empty, or there is none (a page, a sandbox). */
export function environment(variable: string): string | undefined {
  return host.environment(variable);
}

/** What surrounds waits that block the event loop. */
type AroundWaits = <T>(wait: () => T) => T;
const directly: AroundWaits = (wait) => wait();
let aroundWaits = directly;

/**
 * Surrounds every wait for the device that blocks the event loop, as Deno's maps of buffers do: a program
 * that listens to Ctrl-C can't hear it meanwhile. Without an argument nothing surrounds them.
 */
export function surroundWaits(around: AroundWaits = directly): void {
  aroundWaits = around;
}

/** Runs what may block the event loop until the device is done. */
export function blocking<T>(wait: () => T): T {
  return aroundWaits(wait);
}
