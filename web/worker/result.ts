import { encodeCsv } from "../../app/infer/write_csv.ts";
import { encodeJson } from "../../app/infer/write_json.ts";
import type { About } from "../../app/infer/about.ts";
import type { Adaptation, Analysis } from "../../web.ts";
import type { Result } from "../messages.ts";

/** A decision as it is stored and exported: numbers and texts, and no picture. */
export function resultOf(name: string, analysis: Analysis<Adaptation>, about: About): Result {
  const { frames, seen, units, windows, adaptation, abstained } = analysis;
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
    times: seen.map(({ seconds }) => seconds),
    units: units as Float32Array<ArrayBuffer>,
    warnings: adaptation?.warnings ?? [],
    rest: about.enrolment !== undefined && about.enrolment !== "none",
    json: encodeJson(name, analysis, about),
    csv: encodeCsv(analysis, about),
  };
}
