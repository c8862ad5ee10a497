/// <reference lib="dom" />
import { unitLabel } from "../../model/clip_au/facs.ts";
import type { EventReport, FrameReport } from "../messages.ts";
import { texts } from "../texts.ts";
import { drawRow } from "./charts.ts";
import { h } from "./dom.ts";

/** Frames that a strip shows, and strips. */
const columns = 40, rows = 6;

/** Most events that are listed live. */
const mostEvents = 8;

/** What is present and more than usual in the last frames, and events as they come. */
export class UnitStrip {
  readonly elements: readonly HTMLElement[];
  readonly #names: readonly string[];
  readonly #rows: readonly { readonly name: HTMLElement; readonly canvas: HTMLCanvasElement }[];
  readonly #present = h("p", {});
  readonly #events = h("ol", { class: "events", role: "log", "aria-label": texts.events });
  readonly #seen: Float32Array[] = [];

  constructor(prompts: readonly string[]) {
    this.#names = prompts.map(unitLabel);
    this.#rows = Array.from({ length: rows }, () => ({
      name: h("th", { scope: "row" }),
      canvas: h("canvas", { class: "strip", width: 320, height: 20, "aria-hidden": "true" }),
    }));
    this.elements = [
      this.#present,
      h("h3", {}, texts.strongest),
      h(
        "table",
        { class: "strips" },
        ...this.#rows.map(({ name, canvas }) => h("tr", {}, name, h("td", {}, canvas))),
      ),
      h("h3", {}, texts.events),
      this.#events,
    ];
  }

  /** Takes in what was seen in a frame. */
  add({ units }: FrameReport): void {
    if (!units) return;
    const { more, present, events } = units;
    this.#seen.push(more);
    const shown = this.#seen.slice(-columns);
    const chosen = this.#names.map((name, unit) => ({ name, unit, now: more[unit] ?? 0 }))
      .sort((a, b) => b.now - a.now).slice(0, rows);
    // The largest value that is shown is a full column.
    const most = Math.max(
      1e-3,
      ...chosen.flatMap(({ unit }) => shown.map((frame) => frame[unit] ?? 0)),
    );
    for (const [i, { name, unit }] of chosen.entries()) {
      const row = this.#rows[i];
      if (!row) continue;
      row.name.textContent = name;
      drawRow(row.canvas, shown.map((frame) => (frame[unit] ?? 0) / most), columns);
    }
    this.#present.textContent = texts.present(present.join(", "));
    const lines = events.slice(-mostEvents).map(eventText);
    for (const [i, line] of lines.entries()) {
      const item = this.#events.children[i] ?? this.#events.appendChild(h("li"));
      if (item.textContent !== line) item.textContent = line;
    }
    while (this.#events.children.length > lines.length) this.#events.lastChild?.remove();
  }
}

/** An event in words. */
export function eventText({ from, to, names, codes }: EventReport): string {
  return texts.event(from, to, names.join(", "), codes.join(", "));
}
