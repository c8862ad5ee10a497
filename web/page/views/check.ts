/// <reference lib="dom" />
import { texts } from "../../texts.ts";
import type { App } from "../app.ts";
import { button, h } from "../dom.ts";
import type { Feed } from "../feeds.ts";
import { judge } from "../judge.ts";
import { drawBoxes, overlayFor } from "../overlay.ts";

/** The recording test: looks at the camera's picture until the person goes on. */
export function showCheck(app: App, feed: Feed, next: () => void, back: () => void): void {
  let running = true;
  const list = h("ul", { class: "checks", "aria-label": texts.checkTitle });
  list.append(h("li", {}, texts.measuring));
  const over = overlayFor();
  const on = button(texts.goOnAnyway, next);
  const run = async () => {
    while (running) {
      const frame = await feed.next();
      if (!frame || !running) break;
      const check = await app.remote.call("check", frame, [frame.bitmap]);
      if (!running) break;
      const judged = judge(check), good = judged.every(({ advice }) => advice === undefined);
      list.replaceChildren(
        ...judged.map(({ what, advice }) =>
          h(
            "li",
            { class: advice === undefined ? "good" : "bad" },
            `${what}: ${advice ?? texts.good}`,
          )
        ),
      );
      on.textContent = good && judged.length > 1 ? texts.goOn : texts.goOnAnyway;
      on.className = good && judged.length > 1 ? "main" : "";
      app.say(judged.find(({ advice }) => advice !== undefined)?.advice ?? texts.good);
      drawBoxes(over, check, check.faces);
    }
  };
  app.show(texts.checkTitle, [
    h(
      "div",
      { class: "columns" },
      h("div", { class: "stage" }, feed.view, over),
      h("div", {}, list, h("div", { class: "row" }, on, button(texts.back, back))),
    ),
  ], () => running = false);
  run().catch((error) => app.tell(error));
}
