import { basename, isAbsolute } from "node:path";
import { unitLabel } from "../../model/clip_au/facs.ts";
import type { Analysis } from "../../person/analyse.ts";
import { groupEvents } from "../../person/event_groups.ts";
import type { UnitEvent } from "../../person/unit_events.ts";

/** A text over a stretch of time, in milliseconds. */
interface Annotation {
  readonly from: number;
  readonly to: number;
  readonly text: string;
}

const escaped = (text: string) => text.replace(/[&<>"]/g, (letter) => `&#${letter.charCodeAt(0)};`);
const milliseconds = (seconds: number) => Math.round(1000 * seconds);

/**
 * Events as an annotation file of ELAN (EAF 3.0): a tier of what the face does together, and one for each
 * unit that is more than usual somewhere. Times are in milliseconds of the video. The file's own date is
 * none, so that the same video gives the same bytes.
 */
export function encodeElan(video: string, { events: { events } }: Analysis): string {
  const slots: number[] = [];
  let annotations = 0;
  const slot = (time: number) => `ts${slots.push(time)}`;
  const annotation = ({ from, to, text }: Annotation) =>
    `        <ANNOTATION>
            <ALIGNABLE_ANNOTATION ANNOTATION_ID="a${++annotations}" TIME_SLOT_REF1="${
      slot(from)
    }" TIME_SLOT_REF2="${slot(to)}">
                <ANNOTATION_VALUE>${escaped(text)}</ANNOTATION_VALUE>
            </ALIGNABLE_ANNOTATION>
        </ANNOTATION>`;
  const tier = (name: string, lines: readonly Annotation[]) =>
    `    <TIER LINGUISTIC_TYPE_REF="unit" TIER_ID="${escaped(name)}">
${lines.map(annotation).join("\n")}
    </TIER>`;
  const byUnit = Map.groupBy(events, ({ prompt }) => unitLabel(prompt));
  const tiers = [
    tier("more than usual", together(events)),
    ...[...byUnit].map(([name, some]) => tier(name, some.map(ofEvent))),
  ];
  return `<?xml version="1.0" encoding="UTF-8"?>
<ANNOTATION_DOCUMENT AUTHOR="autt" DATE="1970-01-01T00:00:00Z" FORMAT="3.0" VERSION="3.0" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:noNamespaceSchemaLocation="http://www.mpi.nl/tools/elan/EAFv3.0.xsd">
    <HEADER MEDIA_FILE="" TIME_UNITS="milliseconds">
        <MEDIA_DESCRIPTOR MEDIA_URL="${
    escaped(mediaUrl(video))
  }" MIME_TYPE="unknown" RELATIVE_MEDIA_URL="./${
    escaped(isAbsolute(video) ? basename(video) : video)
  }"/>
    </HEADER>
    <TIME_ORDER>
${
    slots.map((time, i) => `        <TIME_SLOT TIME_SLOT_ID="ts${i + 1}" TIME_VALUE="${time}"/>`)
      .join("\n")
  }
    </TIME_ORDER>
${tiers.join("\n")}
    <LINGUISTIC_TYPE GRAPHIC_REFERENCES="false" LINGUISTIC_TYPE_ID="unit" TIME_ALIGNABLE="true"/>
</ANNOTATION_DOCUMENT>
`;
}

function ofEvent({ seconds: { onset, offset }, strength }: UnitEvent): Annotation {
  return { from: milliseconds(onset), to: milliseconds(offset), text: strength.toFixed(1) };
}

/** What the face does together. Annotations of a tier may not overlap: each ends where the next begins. */
function together(events: readonly UnitEvent[]): Annotation[] {
  const byOnset = Map.groupBy(
    groupEvents(events),
    ({ main }) => milliseconds(main.seconds.onset),
  );
  const groups = [...byOnset].map(([from, groups]) => ({
    from,
    to: milliseconds(Math.max(...groups.map(({ main }) => main.seconds.offset))),
    text: [
      ...new Set(groups.flatMap(({ events }) => events.map(({ prompt }) => unitLabel(prompt)))),
    ].join(", "),
  }));
  return groups.map((group, i) => ({
    ...group,
    to: Math.min(group.to, groups[i + 1]?.from ?? Infinity),
  }));
}

/** ELAN takes a file's absolute path as a URL, and looks beside its own file for a relative one. */
function mediaUrl(video: string): string {
  if (!isAbsolute(video)) return `./${video}`;
  return `file:///${video.replaceAll("\\", "/").replace(/^\/+/, "")}`;
}
