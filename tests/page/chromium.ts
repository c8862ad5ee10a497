import { type Browser, chromium, type Page, type Worker } from "playwright-core";
import { buildPage } from "../../app/web/build_page.ts";
import { serveFolder } from "../../app/web/serve_folder.ts";

/** Where Debian's Chromium is. */
const program = "/usr/bin/chromium";

const installed = (() => {
  try {
    return Deno.statSync(program).isFile;
  } catch {
    return false;
  }
})();

/** A real browser with the page in it. */
export interface OpenPage extends AsyncDisposable {
  readonly page: Page;
  /** The worker of the page. */
  readonly worker: Worker;
  readonly address: string;
  /** Every address that was asked for, by the page and its worker. */
  readonly requests: readonly string[];
  /** What the page complained about: errors, and violations of its policy. */
  readonly complaints: readonly string[];
}

const always = [
  ...["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"],
  ...["--disable-background-networking", "--disable-component-update", "--disable-sync"],
  ...["--enable-unsafe-webgpu", "--use-webgpu-adapter=swiftshader", "--remote-debugging-port=0"],
  ...["--use-fake-ui-for-media-stream", "--use-fake-device-for-media-stream"],
];

/** Starts Chromium on the page, which is built and served for it alone. */
export async function openPage(
  { arguments: more = [], ready }: {
    readonly arguments?: readonly string[];
    /** Called before the page is loaded. */
    readonly ready?: (page: Page) => Promise<void>;
  } = {},
): Promise<OpenPage> {
  await using owned = new AsyncDisposableStack();
  const folder = await Deno.makeTempDir();
  owned.defer(() => removeFolder(folder));
  await buildPage(`${folder}/site`);
  const server = Deno.serve(
    { port: 0, hostname: "127.0.0.1", onListen: () => {} },
    serveFolder(`${folder}/site`),
  );
  owned.defer(() => server.shutdown());
  const browser = await startChromium(`${folder}/profile`, more, owned);
  const [context] = browser.contexts();
  if (!context) throw new Error("Chromium has no context");
  const page = await context.newPage();
  const requests: string[] = [], complaints: string[] = [];
  context.on("request", (request) => requests.push(request.url()));
  page.on("pageerror", (error) => complaints.push(error.message));
  page.on("console", (message) => {
    if (message.type() === "error") complaints.push(message.text());
  });
  await ready?.(page);
  const address = `http://127.0.0.1:${server.addr.port}/`;
  const [worker] = await Promise.all([page.waitForEvent("worker"), page.goto(address)]);
  const all = owned.move();
  return {
    ...{ page, worker, address, requests, complaints },
    [Symbol.asyncDispose]: () => all.disposeAsync(),
  };
}

/** Removes a folder; Chromium's own processes may still write into it for a moment. */
async function removeFolder(folder: string): Promise<void> {
  for (let tries = 0;; tries++) {
    try {
      return await Deno.remove(folder, { recursive: true });
    } catch (error) {
      if (tries === 50) throw error;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
}

async function startChromium(
  profile: string,
  more: readonly string[],
  owned: AsyncDisposableStack,
): Promise<Browser> {
  const process = new Deno.Command("chromium", {
    args: [...always, ...more, `--user-data-dir=${profile}`, "about:blank"],
    stdin: "null",
    stdout: "null",
    stderr: "piped",
  }).spawn();
  const told = process.stderr.pipeThrough(new TextDecoderStream()).getReader();
  owned.defer(async () => {
    try {
      process.kill("SIGKILL");
    } catch {
      // It has already ended.
    }
    await process.status;
    await told.cancel();
  });
  let text = "", address: string | undefined;
  while (address === undefined) {
    const { value, done } = await told.read();
    if (done) throw new Error(`Chromium did not start: ${text.slice(-1000)}`);
    text += value;
    address = /DevTools listening on (ws:\S+)/.exec(text)?.[1];
  }
  const reading = (async () => {
    while (!(await told.read()).done);
  })();
  reading.catch(() => {});
  const browser = await chromium.connectOverCDP(address);
  owned.defer(() => browser.close());
  return browser;
}

/** A test in Chromium. Without it the test is skipped; in CI it fails then. */
export function pageTest(name: string, body: () => Promise<void>): void {
  const ignore = !installed && !Deno.env.get("CI");
  if (ignore) console.log(`skipped: ${name}: there is no ${program} here`);
  Deno.test({ name, ignore, sanitizeOps: false, sanitizeResources: false, fn: body });
}
