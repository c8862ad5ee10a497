import { HttpError } from "./http_error.ts";
import type { SentForm } from "./read_form.ts";

/** The tasks of the authors' page. */
const tasks = ["stress", "pain", "ambivalence"];

/** What the authors' page asks for. */
export interface Wanted {
  readonly task: string;
  /** The two labels that it shows. */
  readonly labels: readonly string[];
}

/** Reads `model` and `labels`, and sees that this server's head decides between these labels. */
export function readWanted(form: SentForm, classes: readonly string[]): Wanted {
  const task = form.text("model");
  if (task === undefined || !tasks.includes(task)) {
    const got = task === undefined ? "nothing" : `"${task}"`;
    throw new HttpError(400, `Cannot decide by model ${got}: wanted one of ${tasks.join(", ")}`);
  }
  const labels = parseLabels(form.text("labels"));
  const strange = labels.find((label) => placeOf(label, classes) < 0);
  if (strange !== undefined) {
    throw new HttpError(
      422,
      `Cannot decide on "${strange}": this server's head decides between ${classes.join(", ")}`,
    );
  }
  return { task, labels };
}

function parseLabels(text: string | undefined): string[] {
  let labels: unknown;
  try {
    labels = JSON.parse(text ?? "");
  } catch {
    labels = undefined;
  }
  const fits = Array.isArray(labels) && labels.length >= 2 && labels.length <= 16 &&
    labels.every((label) => typeof label === "string" && label !== "");
  if (fits && new Set(labels as string[]).size === (labels as string[]).length) {
    return labels as string[];
  }
  throw new HttpError(400, 'Cannot read "labels": wanted a JSON list of different labels');
}

/** The class that a label names, whatever its capitals. */
function placeOf(label: string, classes: readonly string[]): number {
  return classes.findIndex((name) => name.toLowerCase() === label.toLowerCase());
}

/** The reply that the authors' page reads. */
export interface Prediction {
  readonly label: string;
  readonly scores: Readonly<Record<string, number>>;
  readonly message: string;
}

/** The best label, and the share of each among those that were asked for. */
export function predictionOf(
  { labels }: Wanted,
  classes: readonly string[],
  probabilities: ArrayLike<number>,
  message: string,
): Prediction {
  const shares = labels.map((label) => probabilities[placeOf(label, classes)] ?? NaN);
  const sum = shares.reduce((a, b) => a + b, 0);
  const scores = Object.fromEntries(labels.map((label, i) => [label, (shares[i] ?? NaN) / sum]));
  const label = labels[shares.indexOf(Math.max(...shares))] ?? "";
  return { label, scores, message };
}
