import * as Plot from "@observablehq/plot";
import { parseHTML } from "linkedom";
import type { About } from "../about.ts";
import type { Analysis } from "../../../person/analyse.ts";
import { unitMeans } from "../../../person/observe.ts";

const width = 960;

/** Draws a chart as SVG, in a document of its own. */
function draw(options: Plot.PlotOptions): string {
  const { document } = parseHTML("<!doctype html><html><body></body></html>") as unknown as {
    readonly document: NonNullable<Plot.PlotOptions["document"]>;
  };
  const chart = Plot.plot({ ...options, document, width });
  chart.setAttribute("xmlns", "http://www.w3.org/2000/svg");
  return chart.outerHTML;
}

/** The middle of each window, in seconds. */
function middles({ windows, seen }: Analysis): number[] {
  return windows.map(({ first, last }) =>
    ((seen[first]?.seconds ?? NaN) + (seen[last]?.seconds ?? NaN)) / 2
  );
}

/** The chosen window as a band from its first frame to its last. */
function chosenBand({ adaptation, windows, seen }: Analysis) {
  const window = windows[adaptation?.after.start ?? -1];
  const [from, to] = [seen[window?.first ?? -1]?.seconds, seen[window?.last ?? -1]?.seconds];
  return from === undefined || to === undefined ? [] : [{ from, to }];
}

/** Probabilities over time, before adapting (dashed) and after. */
export function probabilityChart(analysis: Analysis, { classes }: About): string {
  const times = middles(analysis);
  const points = analysis.windows.flatMap((window, i) =>
    (["before", "after"] as const).flatMap((when) =>
      classes.map((name, c) => ({
        seconds: times[i],
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
  return draw({
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
  const times = middles(analysis);
  const points = analysis.windows.map((window, i) => ({ ...window, seconds: times[i] }));
  return draw({
    height: 180,
    x: { label: "seconds" },
    y: { grid: true, label: "entropy (nats)", zero: true },
    marks: [
      Plot.rect(chosenBand(analysis), { x1: "from", x2: "to", fillOpacity: 0.08 }),
      Plot.line(points, { x: "seconds", y: "entropyBefore", strokeDasharray: "4 3" }),
      Plot.line(points, { x: "seconds", y: "entropyAfter", strokeWidth: 2 }),
      Plot.dot(points.filter((_, i) => i === analysis.adaptation?.after.start), {
        x: "seconds",
        y: "entropyAfter",
        r: 5,
        fill: "currentColor",
      }),
    ],
  });
}

/** Maximum number of columns of the heat map: more would be narrower than a line. */
const mostColumns = 240;

/** Similarity of frames to each Action Unit, relative to its mean over the video. */
export function unitChart(analysis: Analysis, { auPrompts }: About): string {
  const { seen } = analysis, each = Math.ceil(seen.length / mostColumns), all = unitMeans(analysis);
  const names = auPrompts.map((prompt) => prompt.replaceAll("_", " "));
  const cells = Array.from({ length: Math.ceil(seen.length / each) }, (_, column) => {
    const first = column * each, last = Math.min(first + each, seen.length) - 1;
    const from = seen[first]?.seconds ?? NaN, to = seen[last + 1]?.seconds ?? from + 0.04 * each;
    const means = unitMeans(analysis, first, last);
    return names.map((name, i) => ({ from, to, name, above: (means[i] ?? NaN) - (all[i] ?? NaN) }));
  }).flat();
  return draw({
    height: 46 * 15 + 60,
    marginLeft: 330,
    x: { label: "seconds" },
    y: { label: null, domain: names },
    color: { scheme: "RdBu", reverse: true, pivot: 0, symmetric: true, type: "diverging" },
    marks: [Plot.barX(cells, { x1: "from", x2: "to", y: "name", fill: "above", inset: 0 })],
  });
}
