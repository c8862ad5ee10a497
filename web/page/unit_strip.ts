/// <reference lib="dom" />
import type { FrameReport } from "../messages.ts";
import { texts } from "../texts.ts";
import { drawStrip } from "./charts.ts";
import { h } from "./dom.ts";

/** Frames that the strip shows, and rows of it. */
const columns = 40, rows = 6;

/** The Action Units that are most above their own mean so far, as a strip of the last frames. */
export class UnitStrip {
  readonly elements: readonly HTMLElement[];
  readonly #names: readonly string[];
  readonly #canvas = h("canvas", { class: "strip", width: 720, height: rows * 22, role: "img" });
  readonly #seen: Float32Array[] = [];
  #sums: Float64Array;

  constructor(prompts: readonly string[]) {
    this.#names = prompts.map((prompt) => prompt.replaceAll("_", " "));
    this.#sums = new Float64Array(prompts.length);
    this.elements = [h("h3", {}, texts.strongest), this.#canvas];
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
    // The largest difference that is shown is full ink.
    const most = Math.max(
      1e-3,
      ...chosen.flatMap(({ unit }) => shown.map((frame) => above(frame, unit))),
    );
    drawStrip(
      this.#canvas,
      chosen.map(({ name, unit }) => ({
        name,
        values: shown.map((frame) => above(frame, unit) / most),
      })),
      columns,
    );
    this.#canvas.setAttribute("aria-label", chosen.map(({ name }) => name).join(", "));
  }
}
