import { describeClip } from "./describe_clip.ts";
import { largestAt } from "../../../numbers/vectors.ts";
import type { About } from "../about.ts";
import { type Analysis, percent } from "../../../person/analyse.ts";
import { strongestGroups } from "../../../person/event_groups.ts";
import { describeGroup } from "../summarise_units.ts";
import { entropyChart, eventChart, mostEvents, probabilityChart } from "./charts.ts";
import { unitChart } from "./heat_map.ts";
import { escape, pageOf } from "./page_frame.ts";
import type { Thumbnail } from "./thumbnails.ts";

/** Encodes an analysis as a self-contained page. */
export async function encodePage(
  video: string,
  analysis: Analysis,
  about: About,
  thumbnails: readonly Thumbnail[],
): Promise<string> {
  const { frames, seen, adaptation, abstained } = analysis, { classes, method, head } = about;
  const gaps = frames.length - seen.length;
  const answer = adaptation && !abstained
    ? classes[largestAt(adaptation.after.probabilities)] ?? ""
    : abstained === undefined
    ? "no head: no expression is claimed"
    : `no answer: ${abstained}`;
  const decision = adaptation
    ? `
<h2>${headingOf(about)}</h2>
${decisionTable(analysis, about)}${about.whole ? "" : timeCharts(analysis, about)}`
    : "";
  const faces = `
<h2>Faces</h2>
<div class="faces">${thumbnails.map((one) => thumbnail(one, analysis)).join("")}</div>`;
  const charts = seen.length > 0 ? `${decision}${faces}${await unitSection(analysis)}` : "";
  const warnings = (adaptation?.warnings ?? [])
    .map((warning) => `<p class="warning">${escape(warning)}</p>`).join("\n");
  const facts = [
    `autt ${about.version}`,
    describeClip(about.clip),
    head ? `head ${head.path} ${head.fingerprint.slice(0, 12)}` : "no head",
    method
      ? method.steps === undefined
        ? `method ${method.mode}`
        : `method ${method.mode}, seed ${method.seed}, ${method.steps} steps`
      : "not adapted",
    ...adaptation && !about.trained
      ? ["zero-shot, not trained: probabilities are not calibrated"]
      : [],
    about.adapter,
    `schedule ${about.schedule()}`,
  ];
  return pageOf(
    video,
    `
<p class="answer">${escape(answer)}</p>
<p>${frames.length} frames looked at, ${
      gaps === 0 ? "the face in each" : `${gaps} of them without the person's face`
    }.</p>
${about.story.map((sentence) => `<p>${escape(sentence)}</p>`).join("\n")}${warnings}${charts}`,
    facts,
  );
}

/** The most groups of events that are listed. */
const mostGroups = 40;

/** What the face did: events, then both readings of all units. */
export async function unitSection(analysis: Analysis): Promise<string> {
  const { events: { events, doubt }, readings: { usualIs } } = analysis;
  const usual = usualIs === "mean of the video"
    ? "half of their mean over this video"
    : "half of those of the person's enrolled resting face";
  const { strongest, others } = strongestGroups(events, mostGroups);
  const groups = strongest.map((group) => `<li>${escape(describeGroup(group))}</li>`);
  if (others > 0) groups.push(`<li>and ${others} weaker ones: --json has all</li>`);
  return `
<h2>Action Units: more than usual</h2>
${doubt === undefined ? "" : `<p class="warning">${escape(doubt)}</p>`}
${
    events.length === 0 ? "<p>Nothing stood out.</p>" : `<ul>${groups.join("")}</ul>
<figure>${eventChart(analysis)}
<figcaption>From onset to offset; the dot is the apex, and the darker the bar, the further above the usual.${
      events.length > mostEvents ? ` The ${mostEvents} strongest of ${events.length}.` : ""
    }
</figcaption></figure>`
  }
<figure>${await unitChart(analysis, "moreThanUsual")}
<figcaption>CLIP's similarities to each description, less ${usual}: red is more than usual, blue less.
</figcaption></figure>
<h2>Action Units: present</h2>
<figure>${await unitChart(analysis, "present")}
<figcaption>How similar the face is to each description, whatever is usual for it: the darker, the more. Units
are read by CLIP from their descriptions, and not coded by a trained observer.</figcaption></figure>`;
}

/** Charts over time, for methods that decide on windows. */
function timeCharts(analysis: Analysis, about: About): string {
  return `
<h2>Over time</h2>
<figure>${probabilityChart(analysis, about)}
<figcaption>Probabilities of windows by the time of their middle: dashed before adapting, solid after. The
band is the chosen window.</figcaption></figure>
<figure>${entropyChart(analysis)}
<figcaption>How uncertain each window is; the dot is the most certain one, on which the answer stands.
</figcaption></figure>`;
}

function headingOf(about: About): string {
  if (adapts(about)) return "Before adapting and after";
  return `Decided on all frames, ${
    about.adaptedBefore ? "as adapted when the person was enrolled" : "without adapting"
  }`;
}

function adapts({ whole, base }: About): boolean {
  return !whole || base !== undefined;
}

function decisionTable({ adaptation }: Analysis, about: About): string {
  const { before, after } = adaptation ?? {};
  const columns = adapts(about)
    ? [{ when: "before", one: before }, { when: "after", one: after }]
    : [{ when: "", one: after }];
  const rows = about.classes.map((name, i) =>
    `<tr><th>${escape(name)}</th>${
      columns.map(({ one }) => `<td class="number">${percent(one?.probabilities[i] ?? NaN)}</td>`)
        .join("")
    }</tr>`
  );
  const entropies = columns
    .map(({ one }) => `<td class="number">${one?.entropy.toFixed(3)}</td>`).join("");
  const heading = columns.map(({ when }) => `<th>${when}</th>`).join("");
  return `<table><tr><th></th>${heading}</tr>${rows.join("")}
<tr><th>entropy (nats)</th>${entropies}</tr></table>`;
}

export function thumbnail({ frame, source }: Thumbnail, { frames }: Analysis): string {
  const seconds = frames[frame]?.seconds.toFixed(2);
  return `<figure><img src="${source}" alt="the face at ${seconds} s"><figcaption>${seconds} s</figcaption></figure>`;
}
