/// <reference lib="dom" />
import type { Result } from "../../messages.ts";
import { texts } from "../../texts.ts";
import type { App } from "../app.ts";
import { button, h } from "../dom.ts";
import type { Feed } from "../feeds.ts";
import { drawBoxes, overlayFor } from "../overlay.ts";

/** Reads a file frame by frame; gives true when all of it was seen. */
export async function readFeed(app: App, feed: Feed, cancel: () => void): Promise<boolean> {
  let running = true;
  const over = overlayFor();
  const bar = h("progress", { max: feed.count ?? 1, value: 0, "aria-label": texts.readingTitle });
  app.show(texts.readingTitle, [
    h("div", { class: "stage" }, feed.view, over),
    bar,
    h("div", { class: "row" }, button(texts.cancel, cancel)),
  ], () => running = false);
  await app.remote.call("begin", undefined);
  let done = 0;
  while (running) {
    const frame = await feed.next();
    if (!frame) break;
    const seen = await app.remote.call("watch", frame, [frame.bitmap]);
    drawBoxes(over, seen, seen.box ? [seen.box] : []);
    bar.value = ++done;
    if (done % 10 === 0) app.say(texts.reading(done, feed.count));
  }
  return running;
}

/** Adapts to the person and decides on what was seen; keeps the session. */
export async function decide(app: App, name: string): Promise<Result> {
  const bar = h("progress", { "aria-label": texts.deciding });
  app.show(texts.deciding, [bar]);
  app.remote.onProgress = (done, of) => {
    bar.max = of;
    bar.value = done;
    app.say(texts.step(done, of));
  };
  const { result, state } = await app.remote.call("decide", { name });
  app.remote.onProgress = undefined;
  await app.store?.keepSession({
    id: crypto.randomUUID(),
    person: app.person.name,
    when: new Date().toISOString(),
    ...{ name, result },
  });
  if (state) await app.keep({ ...app.person, state });
  return result;
}
