import { facsUnit } from "../../model/clip_au/facs.ts";
import { medianOf } from "../../numbers/vectors.ts";
import type { Analysis } from "../../person/analyse.ts";
import { round } from "./write_json.ts";

/** A unit as BIDS has names: letters, digits and underscores. */
const columnName = (prompt: string) =>
  (facsUnit(prompt).code ?? facsUnit(prompt).name).replace(/\W+/g, "_");

/** Events as a BIDS `_events.tsv`: onset and duration in seconds, which unit, when it was strongest. */
export function encodeBidsEvents({ events: { events } }: Analysis): string {
  const rows = events.map(({ prompt, seconds: { onset, apex, offset }, strength }) => [
    ...[round(onset), round(offset - onset), columnName(prompt), round(apex), round(strength)],
    facsUnit(prompt).name,
  ]);
  return [["onset", "duration", "trial_type", "apex", "strength", "description"], ...rows]
    .map((row) => row.join("\t")).join("\n") + "\n";
}

/** A BIDS `_physio.tsv.gz` with the JSON that goes beside it. */
export interface BidsRecording {
  readonly table: Uint8Array<ArrayBuffer>;
  readonly information: string;
}

/**
 * Readings of frames as a BIDS continuous recording: "present" and "more than usual" of each unit. BIDS
 * wants equal steps, so each step takes the frame that is nearest, or `n/a` where there is none.
 */
export async function encodeBidsRecording(analysis: Analysis): Promise<BidsRecording> {
  const { seen, frames, readings: { prompts, present, moreThanUsual } } = analysis;
  // Where videos were joined into one file, times may go back.
  const times = frames.map(({ seconds }) => seconds).sort((a, b) => a - b);
  const secondsOf = (place: number | undefined) => seen[place ?? -1]?.seconds ?? Infinity;
  const places = [...seen.keys()].sort((a, b) => secondsOf(a) - secondsOf(b));
  const start = times[0] ?? 0, end = times.at(-1) ?? 0;
  const steps = times.slice(1).map((seconds, i) => seconds - (times[i] ?? NaN))
    .filter((step) => step > 0);
  const step = medianOf(steps) || 1; // of a single frame
  function* rows(): Generator<string> {
    let at = 0;
    for (let i = 0; i <= Math.round((end - start) / step); i++) {
      const time = start + i * step, away = (at: number) => Math.abs(secondsOf(places[at]) - time);
      while (at + 1 < places.length && away(at + 1) <= away(at)) at++;
      const place = places[at] ?? 0, known = away(at) <= step / 2;
      yield [present, moreThanUsual].flatMap((readings) =>
        prompts.map((_, unit) =>
          known ? round(readings[place * prompts.length + unit] ?? NaN) : "n/a"
        )
      ).join("\t") + "\n";
    }
  }
  const names = prompts.map(columnName);
  const information = {
    SamplingFrequency: round(1 / step),
    StartTime: round(start),
    Columns: [...names.map((name) => `${name}_present`), ...names.map((name) => `${name}_more`)],
    ...Object.fromEntries(prompts.flatMap((prompt, i) => [
      [`${names[i]}_present`, {
        Description: `CLIP's similarity to "${prompt.replaceAll("_", " ")}"`,
        Units: "cosine",
      }],
      [`${names[i]}_more`, {
        Description: "the same, less half of what is usual for the person",
        Units: "cosine",
      }],
    ])),
  };
  const stream = ReadableStream.from(rows()).pipeThrough(new TextEncoderStream())
    .pipeThrough(new CompressionStream("gzip"));
  return {
    table: new Uint8Array(await new Response(stream).arrayBuffer()),
    information: JSON.stringify(information, null, 2) + "\n",
  };
}
