/// <reference lib="dom" />
import { App } from "./app.ts";
import { openCamera, openPictures, openVideoFile } from "./feeds.ts";
import { readOwn } from "./models.ts";
import { Remote } from "./remote.ts";
import { Store } from "./store.ts";
import { showCheck } from "./views/check.ts";
import { showConsent } from "./views/consent.ts";
import { loadModel } from "./views/load.ts";
import { showLive } from "./views/live.ts";
import { decide, readFeed } from "./views/read.ts";
import { showRest } from "./views/rest.ts";
import { showResult } from "./views/result.ts";
import { showStart } from "./views/start.ts";

const app = new App(new Remote(new Worker("worker.js", { type: "module" })));

const start = () =>
  showStart(app, {
    camera: () => guard(fromCamera),
    files: (files) => guard(() => fromFiles(files)),
    sample: () => guard(fromSample),
    model: (files) => guard(() => ownModel(files)),
    session: ({ name, result }) => showResult(app, name, result, undefined, start),
  }).then(() => app.showFooter(begin));

/** Runs a way through the page; an error is told at the start. */
function guard(action: () => Promise<void>): void {
  action().catch(async (error) => {
    await start(); // first the view, which clears what was told before
    app.tell(error);
  });
}

async function fromCamera(): Promise<void> {
  const feed = await openCamera();
  const back = () => {
    feed.close();
    start();
  };
  const finish = async (video: Blob) => {
    feed.close();
    const name = "recording", result = await decide(app, name);
    showResult(app, name, result, URL.createObjectURL(video), start);
  };
  const live = () => showLive(app, feed, (video) => guard(() => finish(video)), back);
  showCheck(app, feed, () => showRest(app, feed, live), back);
}

async function fromFiles(files: readonly File[]): Promise<void> {
  const [first] = files;
  if (!first) return;
  const pictures = files.every(({ type }) => type.startsWith("image/"));
  if (pictures) {
    const feed = openPictures(files);
    if (!await readFeed(app, feed, start)) return;
    const name = `${files.length} pictures`;
    showResult(app, name, await decide(app, name), undefined, start);
  } else await fromVideo(first, first.name);
}

async function fromVideo(file: Blob, name: string): Promise<void> {
  const feed = await openVideoFile(file, name);
  if (!await readFeed(app, feed, start)) return feed.close();
  showResult(app, name, await decide(app, name), feed.url, start);
}

async function fromSample(): Promise<void> {
  await fromVideo(await (await fetch("sample.mp4")).blob(), "drawn sample");
}

async function ownModel(files: readonly File[]): Promise<void> {
  const own = await readOwn(files);
  app.demo = false;
  await loadModel(app, start, own);
}

async function begin(): Promise<void> {
  app.showFooter(begin);
  const load = () => void loadModel(app, start);
  // Nothing is kept before consent, not even an empty database.
  if (await Store.exists()) app.store = await Store.open().catch(() => undefined);
  if (await app.store?.consent()) load();
  else showConsent(app, load);
}

await begin();
