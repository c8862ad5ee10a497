/// <reference lib="dom" />
import { texts } from "../../texts.ts";
import type { App } from "../app.ts";
import { button, h } from "../dom.ts";
import type { Feed } from "../feeds.ts";
import { drawBoxes, overlayFor } from "../overlay.ts";
import { UnitStrip } from "../unit_strip.ts";

/** Longest recording: what is recorded is in memory. */
const longest = 120;

/** The live view: what is seen as it is seen, and recording a session of it. */
export function showLive(
  app: App,
  feed: Feed & { readonly stream: MediaStream },
  recorded: (video: Blob) => void,
  back: () => void,
): void {
  let running = true, recorder: MediaRecorder | undefined, begun: number | undefined;
  const over = overlayFor(), strip = new UnitStrip(app.facts?.auPrompts ?? []);
  const state = h("p", {}), parts: Blob[] = [];
  const watch = async () => {
    await app.remote.call("begin", undefined);
    let last = performance.now();
    while (running) {
      const frame = await feed.next();
      if (!frame || !running) break;
      const seconds = begun === undefined ? frame.seconds : (performance.now() - begun) / 1000;
      const seen = await app.remote.call("watch", { ...frame, seconds }, [frame.bitmap]);
      if (!running) break;
      drawBoxes(over, seen, seen.box ? [seen.box] : []);
      strip.add(seen);
      const now = performance.now(), rate = texts.speed((1000 / (now - last)).toFixed(1));
      last = now;
      state.textContent = seen.gap
        ? texts.faceLost(seen.gap)
        : seen.faces > 1
        ? `${texts.severalFaces} ${rate}`
        : rate;
      if (begun !== undefined) app.say(texts.recording(Math.floor(seconds)));
      if (begun !== undefined && seconds > longest) finish();
    }
  };
  let watching = watch();
  watching.catch((error) => app.tell(error));
  const record = async () => {
    start.disabled = true;
    // What was seen while nothing was recorded is not part of the session.
    running = false;
    await watching;
    running = true;
    recorder = new MediaRecorder(feed.stream);
    recorder.ondataavailable = ({ data }) => parts.push(data);
    recorder.start();
    begun = performance.now();
    stop.disabled = false;
    stop.focus();
    watching = watch();
    await watching;
  };
  const finish = () => {
    stop.disabled = true;
    running = false;
    const end = async () => {
      await watching;
      const stopped = new Promise((resolve) => recorder?.addEventListener("stop", resolve));
      recorder?.stop();
      await stopped;
      recorded(new Blob(parts, { type: recorder?.mimeType ?? "video/webm" }));
    };
    end().catch((error) => app.tell(error));
  };
  const start = button(texts.record, () => record().catch((error) => app.tell(error)), {
    class: "main",
  });
  const stop = button(texts.stop, finish, { disabled: true });
  app.show(texts.liveTitle, [
    h("div", { class: "stage" }, feed.view, over),
    state,
    h("div", { class: "row" }, start, stop, button(texts.cancel, back)),
    ...strip.elements,
  ], () => running = false);
}
