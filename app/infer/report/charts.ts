import * as Plot from "@observablehq/plot";
import { parseHTML } from "linkedom";
import type { About } from "../about.ts";
import type { Analysis } from "../../../person/analyse.ts";
import type { AnalysedWindow } from "../../../person/video_decider.ts";
import { unitLabel } from "../../../model/clip_au/facs.ts";

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

/** Maximum number of events in a chart: more of them would cover each other. */
export const mostEvents = 500;

/** When units are more than usual, the strongest events: from onset to offset, with a dot at the apex. */
export function eventChart({ seen, events: { events } }: Analysis): string {
  const strongest = events.toSorted((a, b) => b.strength - a.strength).slice(0, mostEvents);
  const bars = strongest.sort((a, b) => a.onset - b.onset).map(({ prompt, seconds, strength }) => ({
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
