/// <reference lib="dom" />
import type { FrameReport } from "../messages.ts";
import { texts } from "../texts.ts";
import { drawRow } from "./charts.ts";
import { h } from "./dom.ts";

/** Frames that a strip shows, and strips. */
const columns = 40, rows = 6;

/** The Action Units that are most above their own mean so far, as strips of the last frames. */
export class UnitStrip {
  readonly elements: readonly HTMLElement[];
  readonly #names: readonly string[];
  readonly #rows: readonly { readonly name: HTMLElement; readonly canvas: HTMLCanvasElement }[];
  readonly #seen: Float32Array[] = [];
  #sums: Float64Array;

  constructor(prompts: readonly string[]) {
    this.#names = prompts.map((prompt) => prompt.replaceAll("_", " "));
    this.#sums = new Float64Array(prompts.length);
    this.#rows = Array.from({ length: rows }, () => ({
      name: h("th", { scope: "row" }),
      canvas: h("canvas", { class: "strip", width: 320, height: 20, "aria-hidden": "true" }),
    }));
    this.elements = [
      h("h3", {}, texts.strongest),
      h(
        "table",
        { class: "strips" },
        ...this.#rows.map(({ name, canvas }) => h("tr", {}, name, h("td", {}, canvas))),
      ),
    ];
  }

  /** Takes in what was seen in a frame. */
  add({ units }: FrameReport): void {
    if (!units) return;
    this.#seen.push(units);
    this.#sums = this.#sums.map((sum, i) => sum + (units[i] ?? 0));
    const means = this.#sums.map((sum) => sum / this.#seen.length);
    const above = (frame: Float32Array, unit: number) => (frame[unit] ?? 0) - (means[unit] ?? 0);
    const shown = this.#seen.slice(-columns);
    const chosen = this.#names.map((name, unit) => ({ name, unit, now: above(units, unit) }))
      .sort((a, b) => b.now - a.now).slice(0, rows);
    // The largest difference that is shown is a full column.
    const most = Math.max(
      1e-3,
      ...chosen.flatMap(({ unit }) => shown.map((frame) => above(frame, unit))),
    );
    for (const [i, { name, unit }] of chosen.entries()) {
      const row = this.#rows[i];
      if (!row) continue;
      row.name.textContent = name;
      drawRow(row.canvas, shown.map((frame) => above(frame, unit) / most), columns);
    }
  }
}
