import { describeClip } from "../infer/report/describe_clip.ts";
import * as Plot from "@observablehq/plot";
import { percent } from "../../person/analyse.ts";
import type { DecidedMoment } from "../../person/ambivalence/read_ambivalence.ts";
import { drawChart } from "../infer/report/charts.ts";
import { thumbnail, unitSection } from "../infer/report/page.ts";
import { escape, pageOf } from "../infer/report/page_frame.ts";
import type { Thumbnail } from "../infer/report/thumbnails.ts";
import {
  likelihood,
  modalityNames,
  strongestMoment,
  tellAnswer,
  tellDisagreement,
  tellUnits,
  type ToldReading,
  wordsOf,
} from "./told_reading.ts";

/** Encodes a reading as a self-contained page. */
export async function encodeAmbivalencePage(
  told: ToldReading,
  thumbnails: readonly Thumbnail[],
): Promise<string> {
  const { video, reading, parts, analysis, made } = told;
  const facts = [
    `autt ${made.version}`,
    describeClip(made.clip),
    `head ${made.head.path}, trained on ${made.head.clips} videos of ${made.head.people} people`,
    made.adapter,
  ];
  const warnings = told.warnings.map((one) => `<p class="warning">${escape(one)}</p>`).join("\n");
  const units = analysis.seen.length > 0 ? await unitSection(analysis) : "";
  return pageOf(
    video,
    `
<p class="answer">${escape(tellAnswer(told))}</p>
${parts.map((part) => `<p>${escape(part)}</p>`).join("\n")}${warnings}
${reading ? evidence(told, thumbnails) : ""}${units}`,
    facts,
  );
}

function evidence(told: ToldReading, thumbnails: readonly Thumbnail[]): string {
  const { reading, analysis, classes } = told;
  if (!reading) return "";
  const moment = strongestMoment(reading);
  const shown = moment && thumbnails.filter(({ frame }) => {
    const seconds = analysis.frames[frame]?.seconds ?? -1;
    return seconds >= moment.from && seconds < moment.to;
  });
  return `${
    moment
      ? `
<h2>Where it is likeliest: ${moment.from.toFixed(1)} s to ${moment.to.toFixed(1)} s</h2>
<table>
<tr><th>${escape(classes[1] ?? "")}</th><td>${percent(likelihood(moment))}</td></tr>
<tr><th>words</th><td>${escape(wordsOf(moment) || "none")}</td></tr>
<tr><th>face</th><td>${escape(tellUnits(moment) ?? "none was seen")}</td></tr>
<tr><th>disagree</th><td>${escape(tellDisagreement(moment))}</td></tr>
</table>
<div class="faces">${(shown ?? []).map((one) => thumbnail(one, analysis)).join("")}</div>`
      : ""
  }
<h2>Over time</h2>
<figure>${momentChart(told)}
<figcaption>Each bar is a moment, decided on by itself; the line is the whole video. Times are ${
    escape(reading.times)
  }.</figcaption></figure>
<table>
<tr><th>seconds</th><th>${escape(classes[1] ?? "")}</th>${
    columns(reading.moments).map((name) => `<th>without ${modalityNames[name]}</th>`).join("")
  }<th>words</th></tr>
${reading.moments.map((one) => row(one, columns(reading.moments))).join("\n")}
</table>`;
}

/** The modalities of any moment. */
function columns(moments: readonly DecidedMoment[]) {
  const found = new Set(moments.flatMap(({ without }) => Object.keys(without)));
  return (Object.keys(modalityNames) as (keyof typeof modalityNames)[])
    .filter((name) => found.has(name));
}

function row(moment: DecidedMoment, names: ReturnType<typeof columns>): string {
  const cells = names.map((name) => {
    const p = moment.without[name];
    return `<td class="number">${p === undefined ? "" : percent(p)}</td>`;
  });
  return `<tr><td>${moment.from.toFixed(1)} to ${moment.to.toFixed(1)}</td><td class="number">${
    percent(likelihood(moment))
  }</td>${cells.join("")}<td>${escape(wordsOf(moment))}</td></tr>`;
}

function momentChart({ reading, classes }: ToldReading): string {
  const bars = (reading?.moments ?? []).map((moment) => ({
    ...{ from: moment.from, to: moment.to },
    probability: likelihood(moment),
  }));
  return drawChart({
    height: 200,
    x: { label: "seconds" },
    y: { domain: [0, 1], grid: true, label: classes[1] ?? "" },
    marks: [
      Plot.rect(bars, {
        x1: "from",
        x2: "to",
        y1: 0,
        y2: "probability",
        fill: "#4a78b0",
        inset: 1,
      }),
      Plot.ruleY(reading ? [likelihood(reading.whole)] : [], { strokeDasharray: "4 3" }),
      Plot.ruleY([0.5], { strokeOpacity: 0.3 }),
    ],
  });
}
