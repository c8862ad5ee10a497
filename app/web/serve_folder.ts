import { join, normalize } from "node:path";
import { ifThere } from "../../io/files/if_there.ts";
import { pageHeaders } from "./page_headers.ts";

const types: Readonly<Record<string, string>> = {
  html: "text/html; charset=utf-8",
  css: "text/css; charset=utf-8",
  js: "text/javascript; charset=utf-8",
  json: "application/json",
  txt: "text/plain; charset=utf-8",
  mp4: "video/mp4",
};

/** Answers requests with the files of a folder, whole or from a byte on. */
export function serveFolder(folder: string): (request: Request) => Promise<Response> {
  return async (request) => {
    const refuse = (status: number, why: string) =>
      new Response(`${why}\n`, { status, headers: { ...pageHeaders, "content-type": types.txt! } });
    if (request.method !== "GET" && request.method !== "HEAD") {
      return refuse(405, "Cannot do this: the page is only read");
    }
    const { pathname } = new URL(request.url);
    const path = nameOf(pathname);
    const bytes = path === undefined ? undefined : await ifThere(Deno.readFile(join(folder, path)));
    if (path === undefined || !bytes) return refuse(404, `There is no ${pathname}`);
    const headers: Record<string, string> = {
      ...pageHeaders,
      "content-type": types[path.slice(path.lastIndexOf(".") + 1)] ?? "application/octet-stream",
      "accept-ranges": "bytes",
    };
    const range = /^bytes=(\d+)-(\d*)$/.exec(request.headers.get("range") ?? "");
    if (!range) return new Response(bytes, { headers });
    const first = Number(range[1]);
    const last = Math.min(range[2] ? Number(range[2]) : Infinity, bytes.length - 1);
    if (first > last) return refuse(416, `There are ${bytes.length} bytes`);
    headers["content-range"] = `bytes ${first}-${last}/${bytes.length}`;
    return new Response(bytes.slice(first, last + 1), { status: 206, headers });
  };
}

/** The file that an address names; undefined where it would lead out of the folder. */
function nameOf(pathname: string): string | undefined {
  let decoded: string;
  try {
    decoded = decodeURIComponent(pathname);
  } catch {
    return undefined;
  }
  const path = normalize(decoded.endsWith("/") ? `${decoded}index.html` : decoded).slice(1);
  return path.includes("..") || path.includes("\0") || path.startsWith("/") ? undefined : path;
}
