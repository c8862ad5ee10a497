/// <reference lib="dom" />
import { clockTime } from "../../../person/event_groups.ts";
import type { Result } from "../../messages.ts";
import { texts } from "../../texts.ts";
import type { App } from "../app.ts";
import { type Line, lineChart } from "../charts.ts";
import { button, download, h } from "../dom.ts";
import { unitsFigure } from "./units.ts";

const percent = (share: number | undefined) => `${(100 * (share ?? NaN)).toFixed(1)} %`;

/** Shows what was decided on, beside the video if that is still there. */
export function showResult(
  app: App,
  name: string,
  result: Result,
  video: string | undefined,
  done: () => void,
): void {
  const { after, abstained, seen, frames, warnings, rest } = result;
  const largest = after ? after.indexOf(Math.max(...after)) : -1;
  const answer = after && abstained === undefined
    ? texts.answer(result.classes[largest] ?? "", percent(after[largest]))
    : texts.noAnswer(abstained ?? "");
  const chart = result.windows.length > 0 ? timeline(result) : undefined;
  const player = video &&
    h("video", { src: video, controls: true, muted: true, playsinline: true });
  if (player && chart) {
    player.addEventListener("timeupdate", () => chart.mark(player.currentTime));
  }
  app.show(texts.resultTitle, [
    h("p", { class: "answer" }, answer),
    app.demo && h("p", { class: "notice" }, texts.demoOnly),
    h("p", {}, `${texts.frames(seen, frames)} ${rest ? texts.withRest : texts.withoutRest}`),
    ...warnings.map((warning) => h("p", { class: "notice" }, warning)),
    after && decisions(result),
    chart && h(
      "figure",
      {},
      h("h3", {}, texts.overTime),
      chart.element,
      h("figcaption", {}, texts.probabilityCaption),
    ),
    player && h("h3", {}, texts.playback),
    player && h("div", { class: "stage" }, player),
    result.times.length > 0 && unitsFigure(result),
    h(
      "div",
      { class: "row" },
      button(texts.exportJson, () => download(`${name}.json`, result.json, "application/json")),
      button(texts.exportCsv, () => download(`${name}.csv`, result.csv, "text/csv")),
      button(texts.done, done, { class: "main" }),
    ),
  ], () => video && URL.revokeObjectURL(video));
}

function decisions({ classes, before, after, windows, chosen }: Result): HTMLElement {
  const window = windows[chosen];
  return h(
    "div",
    {},
    h(
      "table",
      {},
      h(
        "tr",
        {},
        ...[texts.classHeading, texts.generic, texts.personal]
          .map((text) => h("th", { scope: "col" }, text)),
      ),
      ...classes.map((name, i) =>
        h(
          "tr",
          {},
          h("th", { scope: "row" }, name),
          h("td", { class: "number" }, percent(before?.[i])),
          h("td", { class: "number" }, percent(after?.[i])),
        )
      ),
    ),
    window ? h("p", {}, texts.chosenWindow(clockTime(window.from), clockTime(window.to))) : "",
  );
}

function timeline({ classes, windows, chosen }: Result) {
  const lines = classes.flatMap((name, i): Line[] =>
    (["before", "after"] as const).map((when) => ({
      ...{ name, color: i, dashed: when === "before" },
      points: windows.map((window) => [(window.from + window.to) / 2, window[when][i] ?? NaN]),
    }))
  );
  const window = windows[chosen];
  return lineChart(lines, {
    label: texts.overTime,
    band: window ? [window.from, window.to] : undefined,
  });
}
