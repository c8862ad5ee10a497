/// <reference lib="dom" />

type Attributes = Readonly<Record<string, string | number>>;

function s(tag: string, attributes: Attributes, ...content: (Node | string)[]): SVGElement {
  const element = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, `${value}`);
  element.append(...content);
  return element;
}

/** A line of a chart. */
export interface Line {
  readonly name: string;
  /** Which colour: an index into those of the style sheet. */
  readonly color: number;
  readonly dashed: boolean;
  readonly points: readonly (readonly [number, number])[];
}

/** A chart of lines over time, and where it is now. */
export interface LineChart {
  readonly element: SVGElement;
  /** Moves the mark of the present. */
  mark(seconds: number): void;
}

const height = 220, left = 48, right = 12, top = 24, bottom = 28;

/** As wide as there is room, so that its texts keep their size. */
const roomFor = () => Math.max(300, Math.min(720, document.documentElement.clientWidth - 40));

/** Draws lines from 0 to 1 over time, with a band from one time to another. */
export function lineChart(
  lines: readonly Line[],
  { label, band, unit = "s" }: {
    readonly label: string;
    readonly band?: readonly [number, number] | undefined;
    readonly unit?: string;
  },
): LineChart {
  const width = roomFor();
  const times = lines.flatMap(({ points }) => points.map(([time]) => time)).concat(band ?? []);
  const first = Math.min(...times), last = Math.max(first + 1e-3, ...times);
  const x = (time: number) => left + (width - left - right) * (time - first) / (last - first);
  const y = (share: number) => top + (height - top - bottom) * (1 - share);
  const grid = [0, 0.25, 0.5, 0.75, 1].map((share) =>
    s(
      "g",
      { class: "grid" },
      s("line", { x1: left, x2: width - right, y1: y(share), y2: y(share) }),
      s("text", { x: left - 6, y: y(share) + 4, "text-anchor": "end" }, `${100 * share} %`),
    )
  );
  const ends = [first, last].map((time, i) =>
    s(
      "text",
      { x: x(time), y: height - 8, "text-anchor": i === 0 ? "start" : "end" },
      `${time.toFixed(1)} ${unit}`,
    )
  );
  const shade = band
    ? [
      s("rect", {
        class: "band",
        x: x(band[0]),
        width: Math.max(2, x(band[1]) - x(band[0])),
        y: top,
        height: height - top - bottom,
      }),
    ]
    : [];
  const drawn = lines.map(({ points, color, dashed }) =>
    s("polyline", {
      class: `line color-${color % 6}${dashed ? " dashed" : ""}`,
      points: points.map(([time, share]) => `${x(time).toFixed(1)},${y(share).toFixed(1)}`).join(
        " ",
      ),
    })
  );
  const dots = lines.filter(({ points }) => points.length === 1).map(({ points, color }) => {
    const [time = 0, share = 0] = points[0] ?? [];
    return s("circle", { class: `dot color-${color % 6}`, cx: x(time), cy: y(share), r: 3 });
  });
  const names = lines.filter(({ dashed }) => !dashed).map(({ name, color, points }, i) =>
    s("text", {
      class: `name color-${color % 6}`,
      x: width - right,
      y: y(points.at(-1)?.[1] ?? 0) - 6 - 2 * i,
      "text-anchor": "end",
    }, name)
  );
  const now = s("line", { class: "now", x1: x(first), x2: x(first), y1: top, y2: height - bottom });
  const element = s(
    "svg",
    { viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": label },
    ...grid,
    ...shade,
    ...drawn,
    ...dots,
    ...ends,
    ...names,
    now,
  );
  return {
    element,
    mark(seconds) {
      const at = x(Math.max(first, Math.min(last, seconds))).toFixed(1);
      now.setAttribute("x1", at);
      now.setAttribute("x2", at);
    },
  };
}

/** Draws values from 0 to 1 as columns of one row, the newest at the right. */
export function drawRow(
  canvas: HTMLCanvasElement,
  values: readonly number[],
  columns: number,
): void {
  const context = canvas.getContext("2d");
  if (!context) return;
  const { width, height } = canvas, cell = width / columns;
  context.clearRect(0, 0, width, height);
  context.fillStyle = getComputedStyle(canvas).color;
  for (const [at, value] of values.entries()) {
    const tall = height * Math.max(0, Math.min(1, value));
    const left = (columns - values.length + at) * cell;
    context.fillRect(left, height - tall, Math.max(1, cell - 1), tall);
  }
}
