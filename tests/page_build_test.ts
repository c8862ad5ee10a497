import assert from "node:assert/strict";
import { join } from "node:path";
import { buildPage } from "../app/web/build_page.ts";
import { contentSecurityPolicy } from "../app/web/page_headers.ts";
import { serveFolder } from "../app/web/serve_folder.ts";
import { sha256 } from "../io/files/sha256.ts";
import { runDeno } from "./fakes.ts";

async function packed(bytes: Uint8Array<ArrayBuffer>): Promise<number> {
  const stream = new Blob([bytes]).stream().pipeThrough(new CompressionStream("gzip"));
  return (await new Response(stream).bytes()).length;
}

Deno.test("the page is built as small static files, which are served with a strict policy", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const site = join(folder, "site"), files = await buildPage(site);
    let code = 0;
    for (const { name, size, sha256: sum } of files) {
      const bytes = await Deno.readFile(join(site, name));
      assert.equal(bytes.length, size);
      assert.equal(await sha256([bytes]), sum);
      if (/\.(js|css|html)$/.test(name)) code += await packed(bytes);
    }
    assert(code < 150_000, `${code} bytes of code by gzip`);
    const worker = await Deno.readTextFile(join(site, "worker.js"));
    assert.match(worker, /@compute/);
    assert.doesNotMatch(worker, /^ *\/\/ /m, "comments of shaders are left out");
    assert.deepEqual(JSON.parse(await Deno.readTextFile(join(site, "files.json"))), files);

    // The policy is in the page too, for servers that send no headers.
    const html = await Deno.readTextFile(join(site, "index.html"));
    assert(html.includes(`content="${contentSecurityPolicy}"`));
    assert.doesNotMatch(contentSecurityPolicy, /unsafe|https?:|\*/);
    assert.doesNotMatch(html, /\bon\w+=|style=|https?:\/\//);

    await Deno.writeTextFile(join(folder, "secret.txt"), "not part of the page");
    const answer = serveFolder(site);
    const get = (path: string, headers: HeadersInit = {}, method = "GET") =>
      answer(new Request(`http://localhost${path}`, { headers, method }));
    const whole = await get("/");
    assert.equal(whole.status, 200);
    assert.equal(await whole.text(), html);
    assert(whole.headers.get("content-security-policy")?.startsWith(contentSecurityPolicy));
    const rest = await get("/index.html", { range: "bytes=10-" });
    assert.equal(rest.status, 206);
    assert.equal(await rest.text(), html.slice(10));
    assert.equal(rest.headers.get("content-range"), `bytes 10-${html.length - 1}/${html.length}`);
    assert.equal((await get("/index.html", { range: "bytes=99999-" })).status, 416);
    for (
      const path of ["/no.js", "/../secret.txt", "/%2e%2e/secret.txt", "/..%2fsecret.txt", "/%"]
    ) {
      assert.equal((await get(path)).status, 404, path);
    }
    assert.equal((await get("/", {}, "POST")).status, 405);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("web refuses what it cannot do in a sentence", async () => {
  const web = (...args: string[]) =>
    runDeno(["run", "--quiet", "--allow-env", "--allow-read", "main.ts", "web", ...args]);
  const port = await web("--port", "70000");
  assert.equal(port.code, 2);
  assert.match(
    port.stderr,
    /^error: Cannot listen at port 70000: wanted a whole number to 65535\n/,
  );
  await using taken = Deno.serve(
    { port: 0, hostname: "127.0.0.1", onListen: () => {} },
    () => new Response(),
  );
  const net = ["--allow-write", "--allow-run=deno", "--allow-net=127.0.0.1"];
  const { code, stderr } = await runDeno([
    ...["run", "--quiet", "--allow-env", "--allow-read", ...net, "main.ts", "web"],
    ...["--port", `${taken.addr.port}`],
  ]);
  assert.equal(code, 1);
  assert.match(stderr, /^error: Cannot listen at port \d+: another program does: choose/);
  assert.match((await web("folder")).stderr, /^error: Cannot serve other folders/);
});
