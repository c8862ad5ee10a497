/// <reference lib="dom" />
import type { Result } from "../../messages.ts";
import { texts } from "../../texts.ts";
import type { App } from "../app.ts";
import { type Line, lineChart } from "../charts.ts";
import { button, download, h } from "../dom.ts";

const percent = (share: number | undefined) => `${(100 * (share ?? NaN)).toFixed(1)} %`;
const clock = (seconds: number) =>
  `${Math.floor(seconds / 60)}:${(seconds % 60).toFixed(1).padStart(4, "0")}`;

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
    result.times.length > 0 && units(result),
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
    window ? h("p", {}, texts.chosenWindow(clock(window.from), clock(window.to))) : "",
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

/** Most Action Units in the table. */
const mostUnits = 8;

function units({ auPrompts, units, times }: Result): HTMLElement {
  const count = auPrompts.length;
  const peaks = auPrompts.map((prompt, unit) => {
    const values = times.map((_, frame) => units[frame * count + unit] ?? NaN);
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    const most = Math.max(...values);
    return {
      name: prompt.replaceAll("_", " "),
      above: most - mean,
      at: times[values.indexOf(most)] ?? NaN,
    };
  }).sort((a, b) => b.above - a.above).slice(0, mostUnits);
  return h(
    "figure",
    {},
    h("h3", {}, texts.unitsTitle),
    h(
      "table",
      {},
      h(
        "tr",
        {},
        ...[texts.unitHeading, texts.unitPeak, texts.unitTime]
          .map((text) => h("th", { scope: "col" }, text)),
      ),
      ...peaks.map(({ name, above, at }) =>
        h(
          "tr",
          {},
          h("th", { scope: "row" }, name),
          h("td", { class: "number" }, above.toFixed(3)),
          h("td", { class: "number" }, clock(at)),
        )
      ),
    ),
    h("figcaption", {}, texts.unitsCaption),
  );
}
