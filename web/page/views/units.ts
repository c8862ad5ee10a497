/// <reference lib="dom" />
import { unitLabel } from "../../../model/clip_au/facs.ts";
import { clockTime } from "../../../person/event_groups.ts";
import type { Result } from "../../messages.ts";
import { texts } from "../../texts.ts";
import { h } from "../dom.ts";
import { eventText } from "../unit_strip.ts";

/** Most Action Units in the table. */
const mostUnits = 8;

/** What the Action Units tell: events, and the units that were most above what is usual. */
export function unitsFigure(result: Result): HTMLElement {
  const { events, doubt } = result;
  return h(
    "section",
    {},
    h("h3", {}, texts.events),
    events.length === 0
      ? h("p", {}, texts.noEvents)
      : h("ol", { class: "events" }, ...events.map((event) => h("li", {}, eventText(event)))),
    doubt !== undefined && h("p", { class: "notice" }, texts.doubt(doubt)),
    h("h3", {}, texts.unitsTitle),
    unitTable(result),
    h("p", {}, texts.unitsCaption),
  );
}

function unitTable({ auPrompts, units, more, times }: Result): HTMLElement {
  const count = auPrompts.length;
  const peaks = auPrompts.map((prompt, unit) => {
    const values = times.map((_, frame) => more[frame * count + unit] ?? NaN);
    const most = Math.max(...values), frame = values.indexOf(most);
    return { name: unitLabel(prompt), most, frame, present: units[frame * count + unit] ?? NaN };
  }).sort((a, b) => b.most - a.most).slice(0, mostUnits);
  const headings = [texts.unitHeading, texts.unitPeak, texts.unitPresent, texts.unitTime];
  return h(
    "table",
    {},
    h("tr", {}, ...headings.map((text) => h("th", { scope: "col" }, text))),
    ...peaks.map(({ name, most, frame, present }) =>
      h(
        "tr",
        {},
        h("th", { scope: "row" }, name),
        h("td", { class: "number" }, most.toFixed(3)),
        h("td", { class: "number" }, present.toFixed(3)),
        h("td", { class: "number" }, clockTime(times[frame] ?? NaN)),
      )
    ),
  );
}
