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

/**
 * A reading of frames for each Action Unit over time. The colours are one small picture inside of the
 * chart: eleven thousand shapes made a page of two megabytes, and took far more memory to draw.
 */
export async function unitChart(
  { seen, readings }: Analysis,
  reading: keyof typeof readingColors,
): Promise<string> {
  const { prompts, [reading]: matrix, usual } = readings, count = prompts.length;
  const each = Math.ceil(seen.length / mostStretches), names = prompts.map(unitLabel);
  const stretches = Array.from({ length: Math.ceil(seen.length / each) }, (_, i) => {
    const first = i * each, last = Math.min(first + each, seen.length) - 1;
    const from = seen[first]?.seconds ?? NaN, to = seen[last + 1]?.seconds ?? from + 0.04 * each;
    return { from, to, means: unitMeans(matrix, count, first, last) };
  });
  const values = stretches.flatMap(({ means }) => means);
  const domain: [number, number] = [
    values.reduce((least, x) => Math.min(least, x), Infinity),
    values.reduce((most, x) => Math.max(most, x), -Infinity),
  ];
  // Half of what all units have in common is left in "more than usual": its middle colour.
  const pivot = (1 - usualShare) * average([...usual]);
  const color = Plot.scale({
    color: reading === "present"
      ? { ...readingColors.present, domain }
      : { ...readingColors.moreThanUsual, pivot, domain },
  });
  const begin = stretches[0]?.from ?? 0, end = stretches.at(-1)?.to ?? 1;
  const colours = stretches.map(({ means }) => means.map((x) => bytesOf(color.apply(x))));
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
  const picture = await sharp(pixels, { raw }).png({ compressionLevel: 9 }).toBuffer();
  const image: Plot.RenderFunction = (_index, { x, y }, _values, _dimensions, { document }) => {
    const element = document.createElementNS("http://www.w3.org/2000/svg", "image");
    const [left, right] = [x?.(begin), x?.(end)], top = y?.(names[0]), below = y?.(names.at(-1));
    const row = count === 1 ? 15 : (below - top) / (count - 1);
    for (
      const [name, value] of Object.entries({
        href: `data:image/png;base64,${picture.toString("base64")}`,
        x: left,
        y: top,
        width: right - left,
        height: row * count,
        preserveAspectRatio: "none",
        style: "image-rendering: pixelated",
      })
    ) element.setAttribute(name, `${value}`);
    return element;
  };
  return drawChart({
    height: count * 15 + 60,
    marginLeft: 260,
    x: { label: "seconds", domain: [begin, end] },
    y: { label: null, domain: names, type: "band", padding: 0 },
    marks: [image],
  });
}

/** The bytes of a colour such as `rgb(33, 102, 172)`. */
function bytesOf(colour: string): number[] {
  return (colour.match(/\d+/g) ?? []).map(Number);
}
