import * as Plot from "@observablehq/plot";
import type { Analysis } from "../../../person/analyse.ts";
import { unitLabel } from "../../../model/clip_au/facs.ts";
import { average } from "../../../numbers/vectors.ts";
import { unitMeans } from "../../../person/unit_means.ts";
import { usualShare } from "../../../person/unit_readings.ts";
import { drawChart } from "./charts.ts";

/** How a heat map of Action Units is coloured. */
const readingColors = {
  /** The more, the darker. */
  present: { scheme: "Blues", type: "linear" },
  /** Above the usual red, below it blue. */
  moreThanUsual: { scheme: "RdBu", reverse: true, symmetric: true, type: "diverging" },
} as const;

/** Maximum number of stretches of time whose means are shown: more would be narrower than a line. */
const mostStretches = 240;

/** Pixels of the picture along the time. */
const pictureWidth = 960;

/** Of the chart, in pixels. */
const rowHeight = 15, marginTop = 20, marginBottom = 40;

/**
 * A reading of frames for each Action Unit over time. The colours are one small picture inside of the
 * chart: eleven thousand shapes made a page of two megabytes, and took far more memory to draw.
 */
export async function unitChart(
  { seen, readings }: Analysis,
  reading: keyof typeof readingColors,
): Promise<string> {
  const { prompts, [reading]: matrix, usual } = readings, names = prompts.map(unitLabel);
  const stretches = stretchesOf(seen, matrix, prompts.length);
  // Half of what all units have in common is left in "more than usual": its middle colour.
  const pivot = (1 - usualShare) * average([...usual]);
  const colourOf = scaleOf(reading, stretches.flatMap(({ means }) => means), pivot);
  const begin = stretches[0]?.from ?? 0, end = stretches.at(-1)?.to ?? 1;
  const picture = await paint(stretches, colourOf, prompts.length);
  const mark: Plot.RenderFunction = (_index, { x, y }, _values, _dimensions, { document }) => {
    const image = document.createElementNS("http://www.w3.org/2000/svg", "image");
    const place = {
      href: `data:image/png;base64,${picture.toString("base64")}`,
      x: x?.(begin),
      y: y?.(names[0]),
      width: x?.(end) - x?.(begin),
      height: rowHeight * names.length,
      preserveAspectRatio: "none",
      style: "image-rendering: pixelated",
    };
    for (const [name, value] of Object.entries(place)) image.setAttribute(name, `${value}`);
    return image;
  };
  return drawChart({
    height: rowHeight * names.length + marginTop + marginBottom,
    ...{ marginTop, marginBottom, marginLeft: 260 },
    x: { label: "seconds", domain: [begin, end] },
    y: { label: null, domain: names, type: "band", padding: 0 },
    marks: [mark],
  });
}

/** A stretch of time, and what is shown of it. */
interface Stretch {
  readonly from: number;
  readonly to: number;
  /** Of each unit. */
  readonly means: readonly number[];
}

function stretchesOf(seen: Analysis["seen"], matrix: Float32Array, count: number): Stretch[] {
  const each = Math.ceil(seen.length / mostStretches);
  return Array.from({ length: Math.ceil(seen.length / each) }, (_, i) => {
    const first = i * each, last = Math.min(first + each, seen.length) - 1;
    const from = seen[first]?.seconds ?? NaN, to = seen[last + 1]?.seconds ?? from + 0.04 * each;
    return { from, to, means: unitMeans(matrix, count, first, last) };
  });
}

/** Gives values their colours, three bytes each. */
function scaleOf(reading: keyof typeof readingColors, values: readonly number[], pivot: number) {
  const domain = [Math.min(...values), Math.max(...values)];
  const { apply } = Plot.scale({
    color: reading === "present"
      ? { ...readingColors.present, domain }
      : { ...readingColors.moreThanUsual, pivot, domain },
  });
  // Plot gives colours as `rgb(33, 102, 172)`.
  return (value: number): number[] => (apply(value).match(/\d+/g) ?? []).map(Number);
}

/** Paints a row for each unit, with stretches as wide as they are long, and encodes it as PNG. */
async function paint(
  stretches: readonly Stretch[],
  colourOf: (value: number) => number[],
  count: number,
) {
  const begin = stretches[0]?.from ?? 0, end = stretches.at(-1)?.to ?? 1;
  const colours = stretches.map(({ means }) => means.map(colourOf));
  const pixels = new Uint8Array(3 * pictureWidth * count);
  for (let x = 0, at = 0; x < pictureWidth; x++) {
    const seconds = begin + (x + 0.5) / pictureWidth * (end - begin);
    while (at < stretches.length - 1 && seconds >= (stretches[at]?.to ?? NaN)) at++;
    for (const [y, colour] of (colours[at] ?? []).entries()) {
      pixels.set(colour, 3 * (y * pictureWidth + x));
    }
  }
  const { default: sharp } = await import("sharp");
  const raw = { width: pictureWidth, height: count, channels: 3 } as const;
  return await sharp(pixels, { raw }).png({ compressionLevel: 9 }).toBuffer();
}
