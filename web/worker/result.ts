import { encodeCsv } from "../../app/infer/write_csv.ts";
import { encodeJson } from "../../app/infer/write_json.ts";
import type { About } from "../../app/infer/about.ts";
import type { Adaptation, Analysis } from "../../web.ts";
import type { Result } from "../messages.ts";
import { eventsOf } from "./live_readings.ts";

/** A decision as it is stored and exported: numbers and texts, and no picture. */
export function resultOf(
  name: string,
  analysis: Analysis<Adaptation>,
  about: About,
): Result {
  const { frames, seen, readings, events, windows, adaptation, abstained } = analysis;
  const times = seen.map(({ seconds }) => seconds);
  const time = (place: number) => seen[place]?.seconds ?? NaN;
  return {
    classes: about.classes,
    auPrompts: about.auPrompts,
    frames: frames.length,
    seen: seen.length,
    abstained,
    before: adaptation && [...adaptation.before.probabilities],
    after: adaptation && [...adaptation.after.probabilities],
    chosen: adaptation?.after.start ?? -1,
    windows: windows.map(({ first, last, before, after }) => ({
      from: time(first),
      to: time(last),
      before,
      after,
    })),
    times,
    units: readings.present as Float32Array<ArrayBuffer>,
    more: readings.moreThanUsual as Float32Array<ArrayBuffer>,
    events: eventsOf(events),
    doubt: events.doubt,
    warnings: adaptation?.warnings ?? [],
    rest: readings.usualIs === "enrolled resting face",
    json: [...encodeJson(name, analysis, about)].join(""),
    csv: [...encodeCsv(analysis, about)].join(""),
  };
}
