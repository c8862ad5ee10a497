import type { SampleCache } from "./sample_cache.ts";
import type { TtaCapSettings } from "./settings.ts";
import type { CachedStep } from "./step_record.ts";

/** A cached sample as plain data. */
export interface SavedSample extends CachedStep {
  /** `[D]`, its embedding. */
  readonly key: readonly number[];
}

/** What TTA-CaP has learned about a person, as plain data for JSON. */
export interface TtaCapState {
  /** The kind of data. */
  readonly format: "autt.tta-cap";
  /** The version of the format. */
  readonly version: 1;
  /** The settings that it belongs to; `restore()` refuses others. */
  readonly settings: TtaCapSettings;
  /** The width D of embeddings. */
  readonly width: number;
  /** The number of samples seen. */
  readonly steps: number;
  /** The last predictions, oldest first. */
  readonly recent: readonly number[];
  /** The positive cache, by class. */
  readonly positive: readonly (readonly SavedSample[])[];
  /** The negative cache, by class. */
  readonly negative: readonly (readonly SavedSample[])[];
}

/** A cache as plain data. */
export function saveSamples(cache: SampleCache): SavedSample[][] {
  return cache.classes.map((kept) => kept.map(({ key, ...rest }) => ({ ...rest, key: [...key] })));
}

/** Puts saved samples back into an empty cache. */
export function restoreSamples(cache: SampleCache, saved: TtaCapState["positive"]): void {
  for (const [label, samples] of saved.entries()) {
    for (const sample of samples) {
      cache.add(label, { ...sample, key: Float64Array.from(sample.key) });
    }
  }
}

/** Throws unless a state is complete and has these settings and sizes. */
export function checkTtaCapState(
  state: TtaCapState,
  settings: TtaCapSettings,
  width: number,
  classes: number,
): void {
  const refuse = (why: string) =>
    new TypeError(`Cannot restore a state of TTA-CaP: ${why}: use the same, or start over`);
  if (state.format !== "autt.tta-cap" || state.version !== 1) {
    throw refuse(`its format is "${state.format}" ${state.version}, wanted "autt.tta-cap" 1`);
  }
  for (const name of Object.keys(settings) as (keyof TtaCapSettings)[]) {
    const [got, wanted] = [state.settings[name], settings[name]].map((x) => JSON.stringify(x));
    if (got !== wanted) throw refuse(`its setting "${name}" is ${got}, and ${wanted} is in use`);
  }
  if (state.width !== width) {
    throw refuse(`its embeddings have ${state.width} numbers, and ${width} is in use`);
  }
  for (const name of ["positive", "negative"] as const) {
    if (state[name].length !== classes) {
      throw refuse(`its ${name} cache has ${state[name].length} classes, and ${classes} is in use`);
    }
    const capacity = settings[`${name}Capacity`];
    for (const { key, entropy } of state[name].flat()) {
      if (key.length !== width || ![...key, entropy].every(Number.isFinite)) {
        throw refuse(`its ${name} cache has a sample that is not ${width} finite numbers`);
      }
    }
    if (state[name].some((kept) => kept.length > capacity)) {
      throw refuse(`its ${name} cache has more than ${capacity} samples of a class`);
    }
  }
  if (!state.recent.every((label) => Number.isInteger(label) && label >= 0 && label < classes)) {
    throw refuse(`its last predictions are [${state.recent}], and there are ${classes} classes`);
  }
}
