import { DownloadError } from "./download_error.ts";

/** A token, and the only origin that may receive it. */
export interface Credential {
  readonly origin: string;
  readonly token: string;
}

/** A request whose redirects are followed by hand. */
export interface HttpRequest {
  readonly url: string;
  readonly method?: "GET" | "HEAD";
  readonly headers?: Readonly<Record<string, string>>;
  readonly credential?: Credential | undefined;
  /** Returns a redirect to another origin instead of following it. */
  readonly stayOnOrigin?: boolean;
}

/** A response whose body may stall. */
export interface HttpAnswer extends Disposable {
  readonly response: Response;
  /** The body; fails if nothing arrives for too long. */
  body(): AsyncIterable<Uint8Array<ArrayBuffer>>;
}

const redirects = [301, 302, 303, 307, 308];

function parse(asked: string, address: string, from?: URL): URL {
  const url = URL.parse(address, from?.href);
  if (url?.protocol === "https:" || url?.protocol === "http:" && from?.protocol !== "https:") {
    return url;
  }
  throw new DownloadError(
    asked,
    from ? `it leads to ${JSON.stringify(address)}` : "that is not an address",
    from?.protocol === "https:" ? "only https is followed from https" : "use http or https",
  );
}

/** Why a connection failed, without the address, which the message has elsewhere. */
function reason(error: unknown): string {
  const { message, cause } = error as Error;
  return (cause instanceof Error ? cause.message : message)
    .replace(/^error sending request .*?\): (client error \(\w+\): )?/, "");
}

/**
 * Sends a request. Redirects are followed here because the token may go to its own origin only, and hubs
 * redirect to other storage. A server that sends nothing for `stallMs` is given up.
 */
export async function ask(
  { url: asked, method = "GET", headers = {}, credential, stayOnOrigin = false }: HttpRequest,
  { signal, stallMs = 30_000 }: { signal?: AbortSignal; stallMs?: number },
): Promise<HttpAnswer> {
  const stall = new AbortController();
  let timer: ReturnType<typeof setTimeout> | undefined;
  let answered = false;
  const stop = () => clearTimeout(timer);
  const alive = () => {
    stop();
    timer = setTimeout(() => stall.abort(), stallMs);
  };
  const end = () => {
    stop();
    stall.abort(); // cancels an unread body
  };
  const broken = (error: unknown): unknown => {
    stop();
    if (signal?.aborted) return signal.reason;
    if (error instanceof DownloadError || error instanceof Deno.errors.NotCapable) return error;
    const got = stall.signal.aborted
      ? `nothing came for ${stallMs / 1000} s`
      : `${answered ? "the connection broke off" : "there is no answer"} (${reason(error)})`;
    return new DownloadError(
      asked,
      got,
      "check the network and run the same command again: it goes on from there",
      { retry: true, cause: error },
    );
  };
  const either = AbortSignal.any(signal ? [stall.signal, signal] : [stall.signal]);
  try {
    let url = parse(asked, asked);
    for (let hops = 0; hops < 10; hops++) {
      const sent = new Headers(headers);
      // No compression: lengths and ranges must be those of the file.
      sent.set("accept-encoding", "identity");
      if (credential?.origin === url.origin) {
        sent.set("authorization", `Bearer ${credential.token}`);
      }
      alive();
      const response = await fetch(url, {
        method,
        headers: sent,
        redirect: "manual",
        signal: either,
      });
      answered = true;
      const location = response.headers.get("location");
      const next = location !== null && redirects.includes(response.status)
        ? parse(asked, location, url)
        : undefined;
      if (!next || stayOnOrigin && next.origin !== url.origin) {
        return { response, body: () => read(response), [Symbol.dispose]: end };
      }
      await response.body?.cancel();
      url = next;
    }
    throw new DownloadError(asked, "it leads from one address to another", "check the address");
  } catch (error) {
    throw broken(error);
  }

  async function* read(response: Response): AsyncGenerator<Uint8Array<ArrayBuffer>> {
    const reader = response.body?.getReader();
    while (reader) {
      alive();
      const { done, value } = await reader.read().catch((error) => {
        throw broken(error);
      });
      stop(); // time spent writing is not the server's fault
      if (done) return;
      yield value;
    }
  }
}
