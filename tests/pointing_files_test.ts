import assert from "node:assert/strict";
import { join } from "node:path";
import { readImage } from "../media/read_image.ts";
import { openVideo } from "../media/video/open_video.ts";
import { VideoError } from "../media/video/video_error.ts";
import { rejection } from "./fakes.ts";
import { ffmpeg, head, infer, withModel } from "./infer_folder.ts";

/** A folder with a video that nobody may read, and a server that nobody may ask. */
async function withSecrets(
  body: (folder: string, address: string, hits: () => number) => Promise<void>,
): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "autt-tricks-" });
  let hits = 0;
  await using server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, async () => {
    hits++;
    return new Response(await Deno.readFile(join(folder, "secret.ts")));
  });
  try {
    const source = ["-f", "lavfi", "-i", "testsrc2=size=64x48:rate=25:duration=0.4"];
    await ffmpeg(...source, "-c:v", "mpeg2video", join(folder, "secret.ts"));
    await ffmpeg(...source, "-c:v", "mjpeg", join(folder, "plain.avi"));
    await body(folder, `http://127.0.0.1:${server.addr.port}`, () => hits);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** Files that point elsewhere, by the names that they hide behind. */
function pointers(folder: string, address: string): Readonly<Record<string, string>> {
  const playlist = (part: string) =>
    `#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\n${part}\n#EXT-X-ENDLIST\n`;
  const dash = (part: string) =>
    `<?xml version="1.0"?><MPD xmlns="urn:mpeg:dash:schema:mpd:2011" type="static" ` +
    `mediaPresentationDuration="PT1S"><Period><AdaptationSet mimeType="video/mp4"><Representation ` +
    `id="1" bandwidth="1"><BaseURL>${part}</BaseURL></Representation></AdaptationSet></Period></MPD>\n`;
  const concat = (part: string) => `ffconcat version 1.0\nfile '${part}'\n`;
  return {
    "playlist-beside.mp4": playlist("secret.ts"),
    "playlist-elsewhere.mp4": playlist(`${folder}/secret.ts`),
    "playlist-by-protocol.mp4": playlist(`file:${folder}/secret.ts`),
    "playlist-net.mp4": playlist(`${address}/secret.ts`),
    "playlist-of-playlists.mp4": `#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1\n${address}/list.m3u8\n`,
    "playlist-key.mp4": playlist("secret.ts").replace(
      "#EXTINF",
      `#EXT-X-KEY:METHOD=AES-128,URI="${address}/key"\n#EXTINF`,
    ),
    "concat-beside.mp4": concat("secret.ts"),
    "concat-elsewhere.mp4": concat(`${folder}/secret.ts`),
    "concat-net.mp4": concat(`${address}/secret.ts`),
    "dash-beside.mp4": dash("secret.ts"),
    "dash-net.mp4": dash(`${address}/secret.ts`),
    "session.mp4": "v=0\no=- 0 0 IN IP4 127.0.0.1\ns=x\nc=IN IP4 127.0.0.1\nt=0 0\n" +
      "m=video 9 RTP/AVP 96\na=rtpmap:96 H264/90000\n",
    "redirect.mp4": `[Reference]\nRef1=${address}/secret.ts\n`,
    "smooth.mp4": `<asx version="3.0"><entry><ref href="${address}/secret.ts"/></entry></asx>\n`,
  };
}

Deno.test("the tricks are real: ffmpeg by itself follows playlists and lists of files", async () => {
  await withSecrets(async (folder, address) => {
    const files = pointers(folder, address);
    for (const name of ["playlist-beside.mp4", "concat-beside.mp4"]) {
      await Deno.writeTextFile(join(folder, name), files[name] ?? "");
      // Newer versions want segments by their ending as well.
      await ffmpeg("-i", join(folder, name), "-f", "null", "-");
    }
  });
});

Deno.test("a file that points elsewhere is refused, and nothing that it names is touched", async () => {
  await withSecrets(async (folder, address, hits) => {
    for (const [name, contents] of Object.entries(pointers(folder, address))) {
      const path = join(folder, name);
      await Deno.writeTextFile(path, contents);
      const frames: unknown[] = [];
      const error = await rejection(
        Array.fromAsync(openVideo(path), (frame) => frames.push(frame)),
      );
      assert(error instanceof VideoError, `${name}: ${error.stack}`);
      assert.match(error.message, /: it is no video/, name);
      assert.deepEqual([frames.length, hits()], [0, 0], name);
    }
  });
});

Deno.test("a name is a path: never an option, a protocol, a list or a pattern", async () => {
  await withSecrets(async (folder, address, hits) => {
    const names = [
      ...["-i.avi", "--help.avi", "-protocol_whitelist.avi", "http:evil.avi", "concat:a|b.avi"],
      ...["file:plain.avi", "pipe:0.avi", "frame%03d.avi", "*.avi", "a b'c\"d.avi", "$(id).avi"],
      ...["subfile,,start,0,end,9,,:x.avi", "data:video,x.avi", "é.avi", "a\nb.avi"],
    ];
    for (const name of names) {
      // Windows has no such names.
      if (Deno.build.os === "windows" && /[:|*"<>?\n]/.test(name)) continue;
      await Deno.copyFile(join(folder, "plain.avi"), join(folder, name));
      assert.equal((await Array.fromAsync(openVideo(join(folder, name)))).length, 10, name);
    }
    const secret = join(folder, "secret.ts");
    const nowhere = [
      ...[`${address}/secret.ts`, `concat:${secret}|${secret}`, `file:${secret}`, "pipe:0"],
      ...[`subfile,,start,0,end,9999,,:${secret}`, `crypto:${secret}`, "data:video/mp4,x"],
      ...["tcp://127.0.0.1:9", "rtp://127.0.0.1:9", "/dev/stdin", "-"],
    ];
    for (const name of nowhere) {
      const error = await rejection(Array.fromAsync(openVideo(name)));
      assert(error instanceof VideoError, `${name}: ${error.stack}`);
      assert.match(error.message, /^Cannot decode ".+": \S.*$/, name);
    }
    assert.equal(hits(), 0);
  });
});

Deno.test("a drawing that shows another file is no picture", async () => {
  await withSecrets(async (folder) => {
    const secret = join(folder, "secret.png"), drawing = join(folder, "drawing.png");
    await ffmpeg("-i", join(folder, "secret.ts"), "-frames:v", "1", secret);
    await readImage(secret);
    await Deno.writeTextFile(
      drawing,
      `<svg xmlns="http://www.w3.org/2000/svg" width="8" height="8"><image href="secret.png" ` +
        `width="8" height="8"/></svg>`,
    );
    const { message } = await rejection(readImage(drawing));
    assert.match(message, /^Cannot read ".*drawing\.png" as an image: .*unsupported image format$/);
  });
});

Deno.test("infer answers each such file with one sentence, and asks no server", async () => {
  await withSecrets(async (secrets, address, hits) => {
    const files = pointers(secrets, address);
    await withModel(async (folder) => {
      for (const [name, contents] of Object.entries(files)) {
        await Deno.writeTextFile(join(folder, name), contents);
      }
      const names = Object.keys(files);
      const { code, stdout, stderr } = await infer(folder, ...names, "--out", "all", ...head);
      assert.equal(code, 4, stderr);
      assert.equal(stdout, "");
      const said = stderr.trim().split("\n").filter((line) => !line.startsWith("adapter:"));
      assert.equal(said.length, names.length, stderr);
      for (const [i, line] of said.entries()) {
        assert.match(line, /^error: Cannot decode ".+": it is no video/);
        assert(line.includes(names[i] ?? "?"));
      }
      assert.equal(hits(), 0);
    });
  });
});
