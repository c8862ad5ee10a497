import { unitLabel } from "../../model/clip_au/facs.ts";
import type { Analysis } from "../../person/analyse.ts";
import { groupEvents } from "../../person/event_groups.ts";
import type { UnitEvent } from "../../person/unit_events.ts";

const escaped = (text: string) => text.replace(/[&<>"]/g, (letter) => `&#${letter.charCodeAt(0)};`);

/**
 * Events as an annotation file of ELAN (EAF 3.0): a tier of what the face does together, and one for each
 * unit that is more than usual somewhere. Times are in milliseconds of the video. The file's own date is none, so that the same video
 * gives the same bytes.
 */
export function encodeElan(video: string, { events: { events } }: Analysis): string {
  const slots: number[] = [];
  let annotations = 0;
  const slot = (seconds: number) => `ts${slots.push(Math.round(1000 * seconds))}`;
  const annotation = ({ seconds: { onset, offset } }: UnitEvent, text: string) =>
    `        <ANNOTATION>
            <ALIGNABLE_ANNOTATION ANNOTATION_ID="a${++annotations}" TIME_SLOT_REF1="${
      slot(onset)
    }" TIME_SLOT_REF2="${slot(offset)}">
                <ANNOTATION_VALUE>${escaped(text)}</ANNOTATION_VALUE>
            </ALIGNABLE_ANNOTATION>
        </ANNOTATION>`;
  const tier = (name: string, lines: readonly string[]) =>
    `    <TIER LINGUISTIC_TYPE_REF="unit" TIER_ID="${escaped(name)}">
${lines.join("\n")}
    </TIER>`;
  const together = groupEvents(events).map(({ main, events: all }) =>
    annotation(main, all.map(({ prompt }) => unitLabel(prompt)).join(", "))
  );
  const byUnit = Map.groupBy(events, ({ prompt }) => unitLabel(prompt));
  const tiers = [
    tier("more than usual", together),
    ...[...byUnit].map(([name, some]) =>
      tier(name, some.map((event) => annotation(event, event.strength.toFixed(1))))
    ),
  ];
  return `<?xml version="1.0" encoding="UTF-8"?>
<ANNOTATION_DOCUMENT AUTHOR="autt" DATE="1970-01-01T00:00:00Z" FORMAT="3.0" VERSION="3.0" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:noNamespaceSchemaLocation="http://www.mpi.nl/tools/elan/EAFv3.0.xsd">
    <HEADER MEDIA_FILE="" TIME_UNITS="milliseconds">
        <MEDIA_DESCRIPTOR MEDIA_URL="./${
    escaped(video)
  }" MIME_TYPE="unknown" RELATIVE_MEDIA_URL="./${escaped(video)}"/>
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
