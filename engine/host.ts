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
