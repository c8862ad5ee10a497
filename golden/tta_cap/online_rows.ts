import type { TensorFile } from "../../io/tensors/tensor_file.ts";
import { TtaCap } from "../../tta/tta_cap/tta_cap.ts";
import type { TtaCapStep } from "../../tta/tta_cap/step_record.ts";
import { type GoldenSet, numbersOf } from "../golden_set.ts";
import type { GoldenReport } from "../report.ts";
import { type OnlineFile, OnlineInputs, type StoredCase, type Window } from "./online_set.ts";
import { settingsOf } from "./online_settings.ts";
import { RowWriter } from "./row_writer.ts";
import { compareSteps } from "./step_rows.ts";
import { compareCaseSummary, type StoredSummary } from "./summary_rows.ts";
import { compareScores } from "./video_rows.ts";

/** Runs every case of `online.json` and compares every field of every step. */
export async function compareOnline(set: GoldenSet, report: GoldenReport): Promise<void> {
  const { meta, cases } = await set.json<OnlineFile>("online.json");
  const summary = await set.has("summary.json")
    ? await set.json<StoredSummary>("summary.json")
    : undefined;
  using inputs = await OnlineInputs.open(set);
  using tensors = await set.tensors("online_tensors.safetensors");
  const left = new Set(tensors.tensors.keys());
  const all = new RowWriter(report, "tta-cap: ");
  all.equal("D", [inputs.width], [meta.D]);
  for (const [name, stored] of Object.entries(cases)) {
    try {
      const windows = meta[stored.stream as `stream${string}`] ?? [];
      const steps = await runCase(inputs, stored, windows, meta.logit_scale);
      const rows = new RowWriter(report, `tta-cap: ${name}: `);
      compareSteps(rows, stored, windows, steps);
      for (const row of await compareVectors(rows, tensors, name, steps)) left.delete(row);
      compareScores(rows, stored, windows, steps);
      const counted = summary?.cases?.[name];
      if (counted) compareCaseSummary(rows, counted, stored, windows, steps);
    } catch (error) {
      // A case that cannot be run must not stop the others.
      report.fail(`tta-cap: ${name}`, error as Error);
    }
  }
  all.unknown([...left]);
  report.leaveOut(
    Object.keys(cases).map((name) => `tta-cap: ${name}: margins`),
    "how close the set's own decisions are",
  );
}

/** Runs a stream like the original: with one state per subject. */
async function runCase(
  inputs: OnlineInputs,
  stored: StoredCase,
  windows: readonly Window[],
  logitScale: number,
): Promise<TtaCapStep[]> {
  const settings = settingsOf(stored.version, stored.settings);
  const classes = await inputs.texts(stored), people = new Map<string, TtaCap>();
  const embeddings = await inputs.windows(stored.stream);
  const steps: TtaCapStep[] = [];
  let before: Window | undefined;
  for (const [i, window] of windows.entries()) {
    const [subject, video] = window;
    let person = people.get(subject);
    if (!person) {
      const prototypes = await inputs.prototypes(stored, subject);
      people.set(subject, person = new TtaCap({ classes, prototypes, logitScale, settings }));
    }
    if (before?.[0] !== subject || before[1] !== video) person.beginVideo();
    steps.push(person.step(embeddings[i] ?? new Float64Array()));
    before = window;
  }
  return steps;
}

/** Compares what was retrieved and fused, and gives the names of the rows. */
async function compareVectors(
  rows: RowWriter,
  tensors: TensorFile,
  name: string,
  steps: readonly TtaCapStep[],
): Promise<string[]> {
  const fields = { z_src: "source", z_pos: "positive", z_neg: "negative", fused: "fused" } as const;
  const compared: string[] = [];
  for (const [tensor, field] of Object.entries(fields)) {
    const row = `${name}/${tensor}`;
    if (!tensors.tensors.has(row)) continue;
    const got = steps.flatMap((step) => [...step[field as typeof fields.z_src] ?? []]);
    rows.tensor(tensor, got, await numbersOf(tensors, row));
    compared.push(row);
  }
  return compared;
}
