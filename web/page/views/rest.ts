/// <reference lib="dom" />
import { texts } from "../../texts.ts";
import type { App } from "../app.ts";
import { button, h } from "../dom.ts";
import type { Feed } from "../feeds.ts";
import { drawBoxes, overlayFor } from "../overlay.ts";

/** How long the resting face is looked at. */
const restSeconds = 6;

/** Learns the person's resting face from the camera; it can be left out. */
export function showRest(app: App, feed: Feed, next: () => void): void {
  let running = true;
  const bar = h("progress", { max: restSeconds, value: 0, "aria-label": texts.restTitle });
  const over = overlayFor();
  const learn = async () => {
    await app.remote.call("begin", undefined);
    let begun: number | undefined, frames = 0;
    while (running) {
      const frame = await feed.next();
      if (!frame || !running) return;
      begun ??= frame.seconds;
      const gone = frame.seconds - begun;
      if (gone > restSeconds) {
        frame.bitmap.close();
        break;
      }
      bar.value = gone;
      const seen = await app.remote.call("watch", frame, [frame.bitmap]);
      if (seen.units) frames++;
      drawBoxes(over, seen, seen.box ? [seen.box] : []);
    }
    if (!running) return;
    if (frames === 0) {
      start.disabled = false;
      app.warn(texts.restFailed);
      return;
    }
    const enrolment = await app.remote.call("rest", undefined);
    await app.keep({ ...app.person, enrolment });
    await app.remote.call("person", { enrolment, state: app.person.state });
    next();
    app.say(texts.restDone(frames));
  };
  const start = button(texts.restBegin, () => {
    start.disabled = true;
    learn().catch((error) => app.tell(error));
  }, { class: "main" });
  app.show(texts.restTitle, [
    h("p", {}, texts.restExplain),
    app.person.enrolment !== undefined && h("p", {}, texts.restKnown),
    h("div", { class: "stage" }, feed.view, over),
    bar,
    h("div", { class: "row" }, start, button(texts.restSkip, next)),
  ], () => running = false);
}
