import { timingSafeEqual } from "node:crypto";
import { HttpError } from "./http_error.ts";

/** Who may ask. */
export interface Access {
  /** What requests must carry; undefined on this machine alone. */
  readonly token: string | undefined;
  /** Other pages that may ask, such as `https://example.org`. */
  readonly origins: readonly string[];
  /** Whether only this machine can reach the server. */
  readonly loopback: boolean;
}

/** Throws unless the sender may ask: from a page of this server or an allowed one, with the token if there is one. */
export function checkAccess(request: Request, { token, origins, loopback }: Access): void {
  const { hostname, origin: own } = new URL(request.url);
  // Another name that leads here is a page's attempt to pass for this server.
  if (loopback && !["localhost", "127.0.0.1", "[::1]"].includes(hostname)) {
    throw new HttpError(403, `Cannot answer as "${hostname}": ask localhost`);
  }
  const origin = request.headers.get("origin");
  if (origin !== null && origin !== own && !origins.includes(origin)) {
    throw new HttpError(
      403,
      `Cannot answer a page of ${origin}: start the server with --origin ${origin}`,
    );
  }
  if (token === undefined || request.method === "OPTIONS") return;
  const got = request.headers.get("authorization")?.replace(/^Bearer /, "") ?? "";
  const [a, b] = [got, token].map((text) => new TextEncoder().encode(text)) as [
    Uint8Array,
    Uint8Array,
  ];
  if (a.length !== b.length || !timingSafeEqual(a, b)) {
    throw new HttpError(401, "Cannot answer without the token: send Authorization: Bearer TOKEN");
  }
}

/** What allows another page to read the answer. */
export function corsHeaders(request: Request, { origins }: Access): Record<string, string> {
  const origin = request.headers.get("origin");
  if (origin === null || !origins.includes(origin)) return {};
  return {
    "access-control-allow-origin": origin,
    "access-control-allow-headers": "authorization, content-type",
    "access-control-allow-methods": "GET, POST",
    "vary": "origin",
  };
}
