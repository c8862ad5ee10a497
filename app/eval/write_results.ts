import { join } from "node:path";
import { csvRow } from "../../io/files/csv.ts";
import { writeAtomically } from "../../io/files/write_atomically.ts";
import type { Scores } from "../../numbers/scores/scores.ts";
import type { Results } from "./evaluate.ts";
import { mainScore, type ScoreRow } from "./score_runs.ts";

/**
 * Writes results into a folder. Everything but `costs.json` is the same on a second run: it has no time,
 * no date and no name of a machine.
 */
export async function writeResults(folder: string, results: Results): Promise<void> {
  const { facts, rows, levels, table, costs, encoding, memory, adapter, schedule } = results;
  // `docs/eval.md` describes this version.
  const json = { schema: "autt.eval", schema_version: 1, ...facts, main_score: mainScore };
  const files = {
    "results.json": encodeJson({ ...json, methods: rows, ...levels && { levels } }),
    "results.csv": scoresCsv(rows),
    "decisions.csv": decisionsCsv(results),
    "table.txt": `${table}\n`,
    "costs.json": encodeJson({ adapter, schedule, encoding, memory, methods: costs }),
  };
  for (const [name, text] of Object.entries(files)) {
    await writeAtomically(join(folder, name), text);
  }
}

/** Scores that can't be computed are null; numbers have six digits. */
function encodeJson(value: unknown): string {
  const tidy = (_: string, x: unknown) =>
    typeof x !== "number" || Number.isInteger(x)
      ? x
      : Number.isFinite(x)
      ? Number(x.toFixed(6))
      : null;
  return JSON.stringify(value, tidy, 2) + "\n";
}

const scoreNames = [
  "war",
  "uar",
  "f1",
  "ap",
  "apGrid",
  "auc",
  "aucWithinTask",
  "ece",
  "clips",
] as const satisfies readonly (keyof Scores)[];

function scoresCsv(rows: readonly ScoreRow[]): string {
  const line = (name: string, scope: string, scores: Scores) =>
    csvRow([name, scope, ...scoreNames.map((key) => Number(scores[key].toFixed(6)))]);
  return csvRow(["method", "scope", ...scoreNames]) + rows.flatMap((row) => [
    line(row.name, "all clips", row.scores),
    line(row.name, "mean of people", row.byPerson),
    ...Object.entries(row.people).map(([subject, scores]) => line(row.name, subject, scores)),
  ]).join("");
}

function decisionsCsv({ runs, clips, facts: { classes } }: Results): string {
  const byId = new Map(clips.map((clip) => [clip.id, clip]));
  const heading = ["method", "draw", "subject", "clip", "task", "label", ...classes];
  return csvRow(heading) +
    runs.flatMap(({ entry, draws }) =>
      draws.flatMap((people, draw) =>
        people.flatMap(({ subject, clips }) =>
          clips.map(({ id, probabilities }) =>
            csvRow([
              ...[entry.name, draw + 1, subject, id, byId.get(id)?.task],
              classes[byId.get(id)?.label ?? -1],
              ...probabilities.map((p) => Number(p.toFixed(6))),
            ])
          )
        )
      )
    ).join("");
}
