import { csvRow } from "../../io/files/csv.ts";
import { writeAtomically } from "../../io/files/write_atomically.ts";
import { facsUnit } from "../../model/clip_au/facs.ts";
import { largestAt } from "../../numbers/vectors.ts";
import type { MomentUnit } from "../../person/ambivalence/read_ambivalence.ts";
import type { FaceAlbum } from "../infer/report/thumbnails.ts";
import { round } from "../infer/write_json.ts";
import { likelihood, modalityNames, type ToldReading } from "./told_reading.ts";

/** Writes the outputs that were asked for. */
export async function writeReading(
  told: ToldReading,
  { json, csv, report }: Readonly<Record<"json" | "csv" | "report", string | undefined>>,
  album: FaceAlbum,
): Promise<void> {
  if (csv !== undefined) await writeAtomically(csv, framesCsv(told));
  if (report !== undefined) {
    const { encodeAmbivalencePage } = await import("./report_page.ts");
    await writeAtomically(
      report,
      await encodeAmbivalencePage(told, await album.encode(told.analysis.frames)),
    );
  }
  if (json !== undefined) await writeAtomically(json, encodeReading(told));
}

/** A reading as JSON, as `docs/ambivalence.md` describes it. */
function encodeReading(told: ToldReading): string {
  const { reading, classes, analysis, transcript, made } = told;
  const named = (probabilities: readonly number[]) =>
    Object.fromEntries(classes.map((name, i) => [name, round(probabilities[i] ?? NaN)]));
  const decision = (
    { probabilities, words, uses }: NonNullable<typeof reading>["whole"],
  ) => ({
    probabilities: named(probabilities),
    by_words_alone: words ? named(words) : null,
    decided_from: uses.map((name) => modalityNames[name]),
  });
  const value = {
    schema: "autt.ambivalence",
    schema_version: 1,
    ...{
      autt: made.version,
      adapter: made.adapter,
      schedule: made.schedule,
      clip: made.clip,
      head: made.head,
    },
    video: told.video,
    answer: reading && told.abstained === undefined
      ? classes[largestAt(reading.answer.probabilities)]
      : null,
    abstained: told.abstained ?? null,
    parts: told.parts,
    rest: told.rest,
    frames: analysis.frames.length,
    frames_with_face: analysis.seen.length,
    sentences: transcript?.sentences.length ?? 0,
    warnings: told.warnings,
    probabilities: reading ? named(reading.answer.probabilities) : null,
    answer_from: reading ? reading.answer === reading.whole ? "whole" : "strongest" : null,
    whole: reading ? decision(reading.whole) : null,
    moment_times: reading?.times ?? null,
    strongest: reading?.strongest ?? null,
    moments: reading?.moments.map((moment) => ({
      from: round(moment.from),
      to: round(moment.to),
      ...decision(moment),
      words: moment.sentences.map(({ text }) => text),
      without: Object.fromEntries(
        Object.entries(moment.without).map(([name, p]) => [
          modalityNames[name as keyof typeof modalityNames],
          round(p),
        ]),
      ),
      disagree: moment.disagree.map((name) => modalityNames[name]),
      action_units: {
        present: moment.units.present.map(encodeUnit),
        more_than_in_the_rest: moment.units.above.map(encodeUnit),
      },
      first_frame: analysis.seen[moment.first]?.index ?? null,
      last_frame: moment.last < moment.first ? null : analysis.seen[moment.last]?.index ?? null,
    })) ?? [],
    segments: reading ? segmentsOf(told) : [],
  };
  return JSON.stringify(value, null, 2) + "\n";
}

const encodeUnit = ({ prompt, present, above }: MomentUnit) => ({
  prompt,
  ...facsUnit(prompt),
  present: round(present),
  above: round(above),
});

/** Moments next to each other on the same side of one half, as one. */
function segmentsOf({ reading, classes }: ToldReading) {
  const segments: { from: number; to: number; class: string; probability: number }[] = [];
  for (const moment of reading?.moments ?? []) {
    const p = likelihood(moment), name = classes[p > 0.5 ? 1 : 0] ?? "", last = segments.at(-1);
    if (last?.class === name) {
      last.to = round(moment.to);
      last.probability = p > 0.5
        ? Math.max(last.probability, round(p))
        : Math.min(last.probability, round(p));
    } else {
      segments.push({
        from: round(moment.from),
        to: round(moment.to),
        class: name,
        probability: round(p),
      });
    }
  }
  return segments;
}

function framesCsv({ reading, analysis, classes }: ToldReading): string {
  const name = classes[1] ?? "ambivalence";
  return csvRow(["frame", "seconds", name]) +
    analysis.seen.map(({ index, seconds }, i) =>
      csvRow([index, round(seconds), round(reading?.frames[i] ?? NaN)])
    ).join("");
}
