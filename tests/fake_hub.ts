import { createHash } from "node:crypto";

/** A request that came to the fake hub or to its storage. */
export interface SeenRequest {
  readonly server: "hub" | "storage";
  readonly method: string;
  readonly path: string;
  readonly range: string | null;
  readonly authorization: string | null;
}

/** Two servers: one that plays the hub, and another origin that it leads to for large files. */
export interface FakeHub extends AsyncDisposable {
  readonly endpoint: string;
  readonly storage: string;
  readonly commit: string;
  readonly seen: SeenRequest[];
  /** Answers instead of the servers while it gives something back. */
  answer: (request: SeenRequest, bytes: Uint8Array<ArrayBuffer>) => Response | undefined;
}

/** Bytes that repeat late, so that a part in the wrong place shows. */
export function someBytes(length: number): Uint8Array<ArrayBuffer> {
  return Uint8Array.from({ length }, (_, i) => (i * 2654435761) >>> 13);
}

/** The sha256 of bytes. */
export const sha256 = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex");

/** The name that git, and so the hub, gives to a small file. */
export const gitSha1 = (bytes: Uint8Array) =>
  createHash("sha1").update(`blob ${bytes.length}\0`).update(bytes).digest("hex");

/** Starts a hub with one repository, whose files of more than 1000 bytes are large ones. */
export function fakeHub(
  files: Readonly<Record<string, Uint8Array<ArrayBuffer>>>,
  commit = "c0ffee".padEnd(40, "0"),
): FakeHub {
  const seen: SeenRequest[] = [];
  const quiet = { hostname: "127.0.0.1", port: 0, onListen() {} };
  const address = ({ addr }: Deno.HttpServer<Deno.NetAddr>) => `http://127.0.0.1:${addr.port}`;
  const note = (server: SeenRequest["server"], { method, url, headers }: Request): SeenRequest => {
    const { pathname: path } = new URL(url);
    const request = {
      server,
      method,
      path,
      range: headers.get("range"),
      authorization: headers.get("authorization"),
    };
    seen.push(request);
    return request;
  };
  const bytesOf = (path: string) => files[path.slice(path.lastIndexOf("/") + 1)];
  const storage = Deno.serve(quiet, (raw) => {
    const request = note("storage", raw);
    const bytes = bytesOf(request.path);
    if (!bytes) return new Response(null, { status: 404 });
    return hub.answer(request, bytes) ?? ranged(bytes, request.range);
  });
  const front = Deno.serve(quiet, (raw) => {
    const request = note("hub", raw);
    const { path, method } = request;
    const bytes = bytesOf(path) ?? new Uint8Array();
    const answer = hub.answer(request, bytes);
    if (answer) return answer;
    if (path.startsWith("/api/models/")) {
      const siblings = Object.keys(files).map((rfilename) => ({ rfilename }));
      return Response.json({ sha: commit, siblings });
    }
    const headers = { "x-repo-commit": commit };
    if (!bytesOf(path)) return new Response(null, { status: 404, headers });
    if (bytes.length > 1000) {
      return new Response(null, {
        status: 302,
        headers: {
          ...headers,
          "location": `${address(storage)}${path}`,
          "x-linked-etag": `"${sha256(bytes)}"`,
          "x-linked-size": `${bytes.length}`,
        },
      });
    }
    return new Response(method === "HEAD" ? null : bytes, {
      headers: { ...headers, "etag": `"${gitSha1(bytes)}"`, "content-length": `${bytes.length}` },
    });
  });
  const hub: FakeHub = {
    endpoint: address(front),
    storage: address(storage),
    commit,
    seen,
    answer: () => undefined,
    async [Symbol.asyncDispose]() {
      await Promise.all([front.shutdown(), storage.shutdown()]);
    },
  };
  return hub;
}

/** The answer of a server that knows ranges. */
export function ranged(bytes: Uint8Array<ArrayBuffer>, range: string | null): Response {
  const start = Number(/^bytes=(\d+)-$/.exec(range ?? "")?.[1] ?? NaN);
  if (Number.isNaN(start)) return new Response(bytes);
  const total = bytes.length;
  if (start >= total) {
    return new Response(null, { status: 416, headers: { "content-range": `bytes */${total}` } });
  }
  return new Response(bytes.subarray(start), {
    status: 206,
    headers: { "content-range": `bytes ${start}-${total - 1}/${total}` },
  });
}

/** A body of these bytes which then ends, breaks off (where a length was promised), or hangs. */
export function body(
  bytes: Uint8Array<ArrayBuffer>,
  then: "ends" | "hangs",
): ReadableStream<Uint8Array> {
  return new ReadableStream({
    start(controller) {
      controller.enqueue(bytes);
      if (then === "ends") controller.close();
    },
  });
}

/** A folder of a test's own. */
export async function temporaryFolder(): Promise<AsyncDisposable & { readonly path: string }> {
  const path = await Deno.realPath(await Deno.makeTempDir());
  return {
    path,
    [Symbol.asyncDispose]: () => Deno.remove(path, { recursive: true }),
  };
}
