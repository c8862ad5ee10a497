import type { Parameters } from "../../model/dsfda/parameters.ts";
import type { Lesson } from "../../model/dsfda/pretraining_step.ts";
import type { DsfdaState } from "../../model/dsfda/trainer.ts";
import type { Told } from "./face_classifier.ts";

/** How an epoch went. */
export interface EpochResult {
  /** The means over its steps. */
  readonly losses: Readonly<Record<string, number>>;
  /** Of the faces held out. */
  readonly held: Pick<Told, "accuracy" | "loss">;
  /** Whether these parameters may be kept: false where they collapsed. */
  readonly acceptable: boolean;
}

/** Everything that resuming a training takes. */
export interface DsfdaProgress {
  readonly of: string;
  /** Steps of pretraining that are done. */
  readonly pretrained: number;
  readonly current: DsfdaState;
  /** The parameters at the beginning of the current epoch. */
  readonly begun: Parameters;
  /** The parameters that did best. */
  readonly best: Parameters;
  /** The epoch of the best, counted from 1; 0 before there is one. */
  readonly bestEpoch: number;
  readonly history: readonly EpochResult[];
  /** Steps of the current epoch that are done. */
  readonly step: number;
  /** The sums of their losses. */
  readonly sums: Readonly<Record<string, number>>;
}

/** Callbacks of training. */
export interface DsfdaHooks {
  /** Stops training, which throws the signal's reason. */
  readonly signal?: AbortSignal | undefined;
  /** Called after each step with all losses by name. */
  readonly onStep?:
    | (
      (epoch: number, step: number, steps: number, losses: ReadonlyMap<string, number>) => void
    )
    | undefined;
  /** Called after each step of pretraining with its losses by name. */
  readonly onPretraining?:
    | ((lesson: Lesson, step: number, steps: number, losses: ReadonlyMap<string, number>) => void)
    | undefined;
  /** Called after each epoch; `best` says whether it is the best so far. */
  readonly onEpoch?: ((epoch: number, result: EpochResult, best: boolean) => void) | undefined;
  /** Called after each epoch and lesson, and on the signal, with a state from which training can be resumed. */
  readonly save?: ((progress: DsfdaProgress) => Promise<void>) | undefined;
}

/** What optimisers begin with. */
export const noMoments: DsfdaState["moments"] = { m: new Map(), v: new Map() };

/** Refuses to go on from a loss that is no number. `when` names the step. */
export function checkLosses(
  losses: ReadonlyMap<string, number>,
  when: string,
  rate: number,
): void {
  const [name, loss] = [...losses].find(([, loss]) => !Number.isFinite(loss)) ?? [];
  if (name === undefined) return;
  throw new RangeError(
    `Cannot go on training: ${when}, the loss ${name} is ${loss}: choose a smaller rate than ${rate}`,
  );
}
