import { listen } from "../terminal/listen.ts";
import { parseOptions, UsageError } from "../terminal/terminal.ts";
import { buildPage } from "./build_page.ts";
import { serveFolder } from "./serve_folder.ts";

const help = `Serves a page that reads one's own face in the browser: nothing is uploaded.

usage: ./autt web [options]
  --port N     port on this machine (default 8080; 0 for any that is free)
  -h, --help   this text

It builds the page first. To put the page on a web server, see \`./autt web:build\`. The browser needs WebGPU,
and allows the camera only by https or on this machine. Ctrl-C ends it.`;

/** The `web` command. */
export async function web(args: string[]): Promise<number> {
  const { values, positionals } = parseOptions(args, {
    port: { type: "string", default: "8080" },
  }, help);
  if (positionals.length > 0) {
    throw new UsageError("Cannot serve other folders than the page's own");
  }
  const port = Number(values.port);
  if (!Number.isInteger(port) || port < 0 || port > 65535) {
    throw new UsageError(`Cannot listen at port ${values.port}: wanted a whole number to 65535`);
  }
  const folder = await Deno.makeTempDir({ prefix: "autt-page-" });
  try {
    await buildPage(folder);
    const stop = new AbortController();
    Deno.addSignalListener("SIGINT", () => stop.abort());
    const server = listen({
      port,
      hostname: "127.0.0.1",
      signal: stop.signal,
      onListen: ({ port }) => console.log(`the page is at http://localhost:${port}/`),
    }, serveFolder(folder));
    await server.finished;
    return 0;
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}
