/** Options of `infer` that a job may carry: those that take a value. */
const valued = [
  "method",
  "classes",
  "from",
  "to",
  "every",
  "person",
  "least",
  "write",
  "precision",
] as const;

/** Those that are given or not. */
const switched = ["all", "no-face-crop", "no-adapt", "observe"] as const;

/** The options of a job, by the names that `infer` gives them. */
export type JobOptions = Readonly<Record<string, string | true>>;

/** For `parseOptions()`: what `submit` takes and puts into its jobs. */
export const jobOptions = {
  ...Object.fromEntries(valued.map((name) => [name, { type: "string" }])) as Record<
    typeof valued[number],
    { type: "string" }
  >,
  ...Object.fromEntries(switched.map((name) => [name, { type: "boolean" }])) as Record<
    typeof switched[number],
    { type: "boolean" }
  >,
} as const;

const allowed: readonly string[] = [...valued, ...switched];

/** Those of some values that a job may carry. */
export function pickJobOptions(values: Readonly<Record<string, unknown>>): JobOptions {
  const options: Record<string, string | true> = {};
  for (const name of allowed) {
    const value = values[name];
    if (typeof value === "string" || value === true) options[name] = value;
  }
  return options;
}

/** What is wrong with a job's options; undefined if nothing is. A worker takes no others. */
export function optionFault(options: unknown): string | undefined {
  if (typeof options !== "object" || options === null || Array.isArray(options)) {
    return "its options are no list of names and values";
  }
  for (const [name, value] of Object.entries(options)) {
    if (!allowed.includes(name)) {
      return `it has the option "${name.slice(0, 40)}", which this worker does not know: use ` +
        "workers and `submit` of one version";
    }
    const right = switched.some((one) => one === name) ? value === true : typeof value === "string";
    if (!right) return `its option "${name}" has a value of the wrong kind`;
  }
  return undefined;
}

/** The options as `infer` takes them. */
export function optionArguments(options: JobOptions): string[] {
  return Object.entries(options).map(([name, value]) =>
    value === true ? `--${name}` : `--${name}=${value}`
  );
}
