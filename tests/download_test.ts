import assert from "node:assert/strict";
import { join } from "node:path";
import { download, type DownloadOptions, type DownloadRequest } from "../io/hub/download.ts";
import type { Checksum } from "../io/hub/partial_file.ts";
import {
  body,
  type FakeHub,
  fakeHub,
  gitSha1,
  ranged,
  sha256,
  someBytes,
  temporaryFolder,
} from "./fake_hub.ts";
import { rejection } from "./fakes.ts";

const bytes = someBytes(300_000);
const checksums: Checksum[] = [{ kind: "sha256", hex: sha256(bytes) }];
const quick: DownloadOptions = { backOffMs: 1, retries: 1, stallMs: 10_000 };
const sized = (length: number) => ({ headers: { "content-length": `${length}` } });

/** Runs an action with a hub that has one large file, and a request for it. */
async function withHub(
  action: (hub: FakeHub, request: DownloadRequest & { size: number }) => Promise<void>,
): Promise<void> {
  await using folder = await temporaryFolder();
  await using hub = fakeHub({ big: bytes });
  const url = `${hub.endpoint}/o/r/resolve/main/big`;
  await action(hub, { url, to: join(folder.path, "blobs", "big"), size: bytes.length, checksums });
}

const incomplete = ({ to }: DownloadRequest) => `${to}.incomplete`;
const there = (path: string) => Deno.stat(path).then(() => true, () => false);

Deno.test("a file comes whole, its progress reaches the total, and the token stays at home", () =>
  withHub(async (hub, request) => {
    const progress: number[] = [];
    await download(request, {
      ...quick,
      credential: { origin: hub.endpoint, token: "secret" },
      onProgress: (done, total) => {
        assert.equal(total, bytes.length);
        progress.push(done);
      },
    });
    assert.deepEqual(await Deno.readFile(request.to), bytes);
    assert(!await there(incomplete(request)));
    assert.deepEqual(progress, progress.toSorted((a, b) => a - b));
    assert.equal(progress[0], 0);
    assert.equal(progress.at(-1), bytes.length);
    assert.deepEqual(hub.seen.map(({ server, authorization }) => [server, authorization]), [
      ["hub", "Bearer secret"],
      ["storage", null],
    ]);
  }));

Deno.test("a connection that breaks off is taken up again where it stopped", () =>
  withHub(async (hub, request) => {
    let broken = 0;
    hub.answer = ({ server, range }) =>
      server === "storage" && range === null && ++broken
        ? new Response(body(bytes.subarray(0, 100_000), "ends"), sized(bytes.length))
        : undefined;
    await download(request, quick);
    assert.equal(broken, 1);
    assert.match(hub.seen.at(-1)!.range!, /^bytes=[1-9]\d*-$/);
    assert.deepEqual(await Deno.readFile(request.to), bytes);
  }));

Deno.test("what always breaks off is kept, and a second call goes on from there", () =>
  withHub(async (hub, request) => {
    hub.answer = ({ server, range }) => {
      if (server === "hub") return;
      const start = Number(/\d+/.exec(range ?? "0"));
      const part = bytes.subarray(start, start + 1000);
      return start === 0
        ? new Response(body(part, "ends"))
        : new Response(body(part.subarray(0, 0), "ends"), {
          status: 206,
          headers: { "content-range": `bytes ${start}-${bytes.length - 1}/${bytes.length}` },
        });
    };
    const { message } = await rejection(download(request, quick));
    assert.equal(
      message,
      `Cannot download ${request.url}: it ended after 1000 of 300000 bytes: ` +
        "run the same command again: it goes on from there",
    );
    assert.equal((await Deno.stat(incomplete(request))).size, 1000);
    hub.answer = () => undefined;
    await download(request, quick);
    assert.equal(hub.seen.at(-1)!.range, "bytes=1000-");
    assert.deepEqual(await Deno.readFile(request.to), bytes);
  }));

Deno.test("an incomplete file that is too long, or not the same file's, does no harm", () =>
  withHub(async (hub, request) => {
    const folder = request.to.replace(/big$/, "");
    await Deno.mkdir(folder);
    await Deno.writeFile(incomplete(request), someBytes(bytes.length + 1));
    await download(request, quick);
    assert.equal(hub.seen.at(-1)!.range, null);
    assert.deepEqual(await Deno.readFile(request.to), bytes);
    await Deno.writeFile(incomplete(request), new Uint8Array(7));
    assert.match((await rejection(download(request, quick))).message, /its sha256 is .*removed/);
    assert(!await there(incomplete(request)));
    // All of it is there: nothing is asked for.
    hub.seen.length = 0;
    await Deno.writeFile(incomplete(request), bytes);
    await download(request, quick);
    assert.equal(hub.seen.length, 0);
  }));

Deno.test("a server that ignores Range sends all of it, once", () =>
  withHub(async (hub, request) => {
    hub.answer = ({ server }, file) => server === "storage" ? new Response(file) : undefined;
    await Deno.mkdir(request.to.replace(/big$/, ""));
    await Deno.writeFile(incomplete(request), bytes.subarray(0, 5000));
    await download(request, quick);
    assert.deepEqual(hub.seen.map(({ range }) => range), ["bytes=5000-", "bytes=5000-"]);
    assert.deepEqual(await Deno.readFile(request.to), bytes);
  }));

Deno.test("a server that answers with another range is asked for all of it", () =>
  withHub(async (hub, request) => {
    hub.answer = ({ server, range }, file) =>
      server === "storage" && range ? ranged(file, "bytes=17-") : undefined;
    await Deno.mkdir(request.to.replace(/big$/, ""));
    await Deno.writeFile(incomplete(request), bytes.subarray(0, 5000));
    await download(request, quick);
    assert.equal(hub.seen.at(-1)!.range, null);
    assert.deepEqual(await Deno.readFile(request.to), bytes);
  }));

Deno.test("an unknown size is learned, also where nothing is left to fetch", () =>
  withHub(async (hub, { url, to, checksums }) => {
    const request = { url, to, checksums: checksums! };
    await download(request, quick);
    assert.deepEqual(await Deno.readFile(to), bytes);
    await Deno.rename(to, incomplete(request));
    await download(request, quick);
    assert.equal(hub.seen.at(-1)!.range, `bytes=${bytes.length}-`);
    assert.deepEqual(await Deno.readFile(to), bytes);
  }));

Deno.test("a server that lies about the length is not believed", () =>
  withHub(async (hub, request) => {
    const sends = (response: () => Response) => {
      hub.answer = ({ server }) => server === "storage" ? response() : undefined;
      return rejection(download(request, quick));
    };
    const less = await sends(() => new Response(bytes.subarray(1)));
    assert.match(less.message, /the server says it has 299999 bytes, not 300000: check the addr/);
    const more = await sends(() => new Response(body(someBytes(300_001), "ends")));
    assert.match(more.message, /: more than 300000 bytes came: check the address/);
    assert(!await there(incomplete(request)));
    assert(!await there(request.to));
  }));

Deno.test("wrong bytes are removed, and both checksums said", () =>
  withHub(async (hub, request) => {
    const wrong = bytes.toReversed();
    hub.answer = ({ server }) => server === "storage" ? new Response(wrong) : undefined;
    const { message } = await rejection(download(request, quick));
    assert(message.includes(`its sha256 is ${sha256(wrong)}, not ${sha256(bytes)}`), message);
    assert(!await there(incomplete(request)));
    assert(!await there(request.to));
  }));

Deno.test("git's checksum is checked as well", () =>
  withHub(async (hub, request) => {
    const checksums: Checksum[] = [{ kind: "git", hex: gitSha1(bytes) }];
    await download({ ...request, checksums }, quick);
    hub.answer = ({ server }) =>
      server === "storage" ? new Response(bytes.toReversed()) : undefined;
    const { message } = await rejection(download({ ...request, checksums }, quick));
    assert.match(message, /its git sha1 is /);
  }));

Deno.test("each refusal says what to do, and only what may pass is tried again", () =>
  withHub(async (hub, request) => {
    const wanted: [number, RegExp, number][] = [
      [401, /says 401 Unauthorized \(GatedRepo\): set HF_TOKEN/, 1],
      [403, /says 403 Forbidden.*: accept the model's terms.*HF_TOKEN/, 1],
      [404, /says 404 Not Found.*: check the name and the revision/, 1],
      [418, /says 418 .*: check the address/, 1],
      [429, /says 429 Too Many Requests.*: run the same command again later/, 2],
      [500, /says 500 Internal Server Error.*: run the same command again later/, 2],
    ];
    for (const [status, message, times] of wanted) {
      hub.seen.length = 0;
      const headers = { "x-error-code": "GatedRepo", "retry-after": "0" };
      hub.answer = () => new Response(null, { status, headers });
      assert.match((await rejection(download(request, quick))).message, message);
      assert.equal(hub.seen.length, times);
    }
  }));

Deno.test("a server that was busy is asked again", () =>
  withHub(async (hub, request) => {
    let times = 0;
    hub.answer = () => times++ === 0 ? new Response(null, { status: 503 }) : undefined;
    await download(request, quick);
    assert.deepEqual(await Deno.readFile(request.to), bytes);
  }));

Deno.test("a server that stalls is given up, and what came is kept", () =>
  withHub(async (hub, request) => {
    hub.answer = ({ server }) =>
      server === "storage"
        ? new Response(body(bytes.subarray(0, 1000), "hangs"), sized(bytes.length))
        : undefined;
    const { message } = await rejection(download(request, { ...quick, retries: 0, stallMs: 60 }));
    assert.match(message, /: nothing came for 0.06 s: .*again: it goes on from there$/);
    assert.equal((await Deno.stat(incomplete(request))).size, 1000);
  }));

Deno.test("nobody at the address is a sentence, too", () =>
  withHub(async (hub, request) => {
    await hub[Symbol.asyncDispose]();
    const { message } = await rejection(download(request, quick));
    assert.match(
      message,
      /: there is no answer \((?!error sending).*\): check the network and run the/,
    );
  }));

Deno.test("an abort in the middle keeps what came", () =>
  withHub(async (hub, request) => {
    hub.answer = ({ server }) =>
      server === "storage"
        ? new Response(body(bytes.subarray(0, 1000), "hangs"), sized(bytes.length))
        : undefined;
    const controller = new AbortController();
    const reason = new Error("enough");
    const error = await rejection(download(request, {
      ...quick,
      signal: controller.signal,
      onProgress: (done) => done > 0 && controller.abort(reason),
    }));
    assert.equal(error, reason);
    assert.equal((await Deno.stat(incomplete(request))).size, 1000);
    assert.equal(
      await rejection(download(request, { ...quick, signal: controller.signal })),
      reason,
    );
  }));

Deno.test("redirects are followed to http and https only, and not forever", () =>
  withHub(async (hub, request) => {
    const leads = (location: string) => {
      hub.answer = () => new Response(null, { status: 302, headers: { location } });
      return rejection(download(request, quick));
    };
    assert.match((await leads("file:///etc/passwd")).message, /it leads to "file:.*use http or/);
    assert.match((await leads("/again")).message, /it leads from one address to another/);
    const other = await rejection(download({ ...request, url: "ftp://a/b" }, quick));
    assert.match(other.message, /^Cannot download ftp:\/\/a\/b: that is not an address/);
  }));

Deno.test("what can't be written is said with its path", () =>
  withHub(async (_, request) => {
    const folder = request.to.replace(/big$/, "");
    await Deno.writeTextFile(folder.slice(0, -1), "a file where the folder should be");
    const { message } = await rejection(download(request, quick));
    assert.match(message, /^Cannot write ".*big": .*: choose another folder \(HF_HUB_CACHE/);
    await Deno.remove(folder.slice(0, -1));
    const full = Object.assign(new Error("No space left on device"), { code: "ENOSPC" });
    const failures: [Error, RegExp][] = [
      [full, /: the disk is full: make room and run the same command again: it goes on from/],
      [new Deno.errors.PermissionDenied("no"), /: permission denied: choose a folder that you may/],
    ];
    const { write } = Deno.FsFile.prototype;
    for (const [error, wanted] of failures) {
      Deno.FsFile.prototype.write = () => Promise.reject(error);
      try {
        assert.match((await rejection(download(request, quick))).message, wanted);
      } finally {
        Deno.FsFile.prototype.write = write;
      }
    }
  }));
