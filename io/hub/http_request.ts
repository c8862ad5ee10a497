import { DownloadError } from "./download_error.ts";

/** A token, and the only origin that may see it. */
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
  /** Gives back the answer that leads to another origin, instead of going there. */
  readonly stayOnOrigin?: boolean;
}

/** An answer that came, or stopped coming. */
export interface HttpAnswer extends Disposable {
  readonly response: Response;
  /** The bytes, with an error where none came for too long. */
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

/** Why a connection failed, without the address, which is said elsewhere. */
function reason(error: unknown): string {
  const { message, cause } = error as Error;
  return (cause instanceof Error ? cause.message : message)
    .replace(/^error sending request .*?\): (client error \(\w+\): )?/, "");
}

/**
 * Asks a server. The token goes to its own origin only, which is why redirects are followed here: hubs
 * lead to storage of others. Whatever sends nothing for `stallMs` is given up.
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
    stall.abort(); // ends a body that nobody read to its end
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
      // Lengths and ranges are those of the file, not of a compressed form of it.
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
      stop(); // the time that writing takes is not the server's
      if (done) return;
      yield value;
    }
  }
}
