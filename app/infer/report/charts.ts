import * as Plot from "@observablehq/plot";
import { parseHTML } from "linkedom";
import type { About } from "../about.ts";
import type { Analysis } from "../../../person/analyse.ts";
import type { AnalysedWindow } from "../../../person/video_decider.ts";
import { unitLabel } from "../../../model/clip_au/facs.ts";
import { average } from "../../../numbers/vectors.ts";
import { usualShare } from "../../../person/unit_readings.ts";
import { unitMeans } from "../../../person/unit_means.ts";

const width = 960;

/** Draws a chart as SVG, in a document of its own. */
export function drawChart(options: Plot.PlotOptions): string {
  const { document } = parseHTML("<!doctype html><html><body></body></html>") as unknown as {
    readonly document: NonNullable<Plot.PlotOptions["document"]>;
  };
  const chart = Plot.plot({ ...options, document, width });
  chart.setAttribute("xmlns", "http://www.w3.org/2000/svg");
  return chart.outerHTML;
}

/** Windows with the time of their middle, no more of them than a chart has room for. */
function drawnWindows({ windows, seen }: Analysis) {
  const each = Math.ceil(windows.length / width);
  return windows.filter((_, i) => i % each === 0).map((window) => ({
    ...window,
    seconds: middleOf(window, seen),
  }));
}

/** The middle of a window, in seconds. */
function middleOf({ first, last }: AnalysedWindow, seen: Analysis["seen"]): number {
  return ((seen[first]?.seconds ?? NaN) + (seen[last]?.seconds ?? NaN)) / 2;
}

/** The chosen window as a band from its first frame to its last. */
function chosenBand({ adaptation, windows, seen }: Analysis) {
  const window = windows[adaptation?.after.start ?? -1];
  const [from, to] = [seen[window?.first ?? -1]?.seconds, seen[window?.last ?? -1]?.seconds];
  return from === undefined || to === undefined ? [] : [{ from, to }];
}

/** Probabilities over time, before adapting (dashed) and after. */
export function probabilityChart(analysis: Analysis, { classes }: About): string {
  const points = drawnWindows(analysis).flatMap((window) =>
    (["before", "after"] as const).flatMap((when) =>
      classes.map((name, c) => ({
        seconds: window.seconds,
        probability: window[when][c],
        name,
        when,
      }))
    )
  );
  const line = (when: "before" | "after", dashes?: string) =>
    Plot.line(points.filter((point) => point.when === when), {
      x: "seconds",
      y: "probability",
      stroke: "name",
      strokeWidth: when === "after" ? 2 : 1,
      ...dashes ? { strokeDasharray: dashes } : {},
    });
  return drawChart({
    height: 260,
    x: { label: "seconds" },
    y: { domain: [0, 1], grid: true, label: "probability" },
    color: { legend: false, domain: [...classes] },
    marks: [
      Plot.rect(chosenBand(analysis), { x1: "from", x2: "to", y1: 0, y2: 1, fillOpacity: 0.08 }),
      line("before", "4 3"),
      line("after"),
      Plot.text(lastOf(points), {
        x: "seconds",
        y: "probability",
        text: "name",
        fill: "name",
        textAnchor: "end",
        dy: -8,
      }),
    ],
  });
}

/** The last point of each class after adapting, where its label goes. */
function lastOf<P extends { readonly name: string; readonly when: string }>(points: readonly P[]) {
  const after = points.filter(({ when }) => when === "after");
  return [...new Map(after.map((point) => [point.name, point])).values()];
}

/** The entropy of windows over time, before (dashed) and after, with the chosen one marked. */
export function entropyChart(analysis: Analysis): string {
  const points = drawnWindows(analysis), { windows, seen, adaptation } = analysis;
  const chosen = windows[adaptation?.after.start ?? -1];
  return drawChart({
    height: 180,
    x: { label: "seconds" },
    y: { grid: true, label: "entropy (nats)", zero: true },
    marks: [
      Plot.rect(chosenBand(analysis), { x1: "from", x2: "to", fillOpacity: 0.08 }),
      Plot.line(points, { x: "seconds", y: "entropyBefore", strokeDasharray: "4 3" }),
      Plot.line(points, { x: "seconds", y: "entropyAfter", strokeWidth: 2 }),
      Plot.dot(chosen ? [{ ...chosen, seconds: middleOf(chosen, seen) }] : [], {
        x: "seconds",
        y: "entropyAfter",
        r: 5,
        fill: "currentColor",
      }),
    ],
  });
}

/** Maximum number of columns of a heat map: more would be narrower than a line. */
const mostColumns = 240;

/** How a heat map of Action Units is coloured. */
const readingColors = {
  /** The more, the darker. */
  present: { scheme: "Blues", type: "linear" },
  /** Above the usual red, below it blue. */
  moreThanUsual: { scheme: "RdBu", reverse: true, symmetric: true, type: "diverging" },
} as const;

/** A reading of frames for each Action Unit over time. */
export function unitChart(
  { seen, readings }: Analysis,
  reading: keyof typeof readingColors,
): string {
  const { prompts, [reading]: matrix, usual } = readings, count = prompts.length;
  const each = Math.ceil(seen.length / mostColumns), names = prompts.map(unitLabel);
  const cells = Array.from({ length: Math.ceil(seen.length / each) }, (_, column) => {
    const first = column * each, last = Math.min(first + each, seen.length) - 1;
    const from = seen[first]?.seconds ?? NaN, to = seen[last + 1]?.seconds ?? from + 0.04 * each;
    const means = unitMeans(matrix, count, first, last);
    return names.map((name, i) => ({ from, to, name, value: means[i] ?? NaN }));
  }).flat();
  // Half of what all units have in common is left in "more than usual": its middle colour.
  const pivot = (1 - usualShare) * average([...usual]);
  return drawChart({
    height: 46 * 15 + 60,
    marginLeft: 260,
    x: { label: "seconds" },
    y: { label: null, domain: names },
    color: reading === "present"
      ? readingColors.present
      : { ...readingColors.moreThanUsual, pivot },
    marks: [Plot.barX(cells, { x1: "from", x2: "to", y: "name", fill: "value", inset: 0 })],
  });
}

/** When units are more than usual: from onset to offset, with a dot at the apex. */
export function eventChart({ seen, events: { events } }: Analysis): string {
  const bars = events.map(({ prompt, seconds, strength }) => ({
    name: unitLabel(prompt),
    ...seconds,
    strength,
  }));
  const names = [...new Set(bars.map(({ name }) => name))];
  return drawChart({
    height: names.length * 20 + 60,
    marginLeft: 260,
    x: { label: "seconds", domain: [seen[0]?.seconds ?? 0, seen.at(-1)?.seconds ?? 1], grid: true },
    y: { label: null, domain: names },
    color: { scheme: "Oranges", type: "linear", zero: true },
    marks: [
      Plot.barX(bars, { x1: "onset", x2: "offset", y: "name", fill: "strength", inset: 2 }),
      Plot.dot(bars, { x: "apex", y: "name", r: 3, fill: "currentColor" }),
    ],
  });
}
