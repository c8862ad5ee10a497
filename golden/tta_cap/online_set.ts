import type { TensorFile } from "../../io/tensors/tensor_file.ts";
import type { Prototypes } from "../../tta/tta_cap/prototypes.ts";
import { type GoldenSet, numbersOf } from "../golden_set.ts";
import type { StoredSettings } from "./online_settings.ts";

/** A window's subject, video and class. */
export type Window = readonly [subject: string, video: string, label: number];

/** The original's record of one window, with the authors' names. */
export interface StoredStep {
  readonly [field: string]: unknown;
}

/** Scores of videos, in per cent. */
export interface StoredScores {
  readonly N_videos: number;
  readonly WAR: number;
  readonly UAR?: number;
  readonly F1_macro: number;
}

/** The original's record of one video. */
export interface StoredVideo {
  readonly subject_id: string;
  readonly video_id: string;
  readonly n_frames: number;
  readonly y_true: number;
  readonly y_pred: number;
  readonly logits_avg: readonly number[];
  readonly mean_fusion_weights?: Readonly<Record<string, number>>;
}

/** One run of the original over a stream of windows. */
export interface StoredCase {
  readonly version: string;
  readonly settings: StoredSettings;
  readonly stream: string;
  readonly protos: string;
  readonly classes: number;
  readonly steps: readonly StoredStep[];
  readonly per_video: readonly StoredVideo[];
  readonly overall: StoredScores;
  readonly per_subject: Readonly<Record<string, StoredScores>>;
  readonly gate_pass_rates: Readonly<Record<string, number>> | null;
}

/** `online.json`. */
export interface OnlineFile {
  readonly meta: {
    readonly D: number;
    readonly logit_scale: number;
    readonly [stream: `stream${string}`]: readonly Window[];
  };
  readonly cases: Readonly<Record<string, StoredCase>>;
}

/** The rows of a matrix. */
export async function rowsOf(file: TensorFile, name: string): Promise<Float64Array[]> {
  const numbers = await numbersOf(file, name),
    [count = 0, width = 0] = file.tensors.get(name)?.shape ?? [];
  return Array.from({ length: count }, (_, i) => numbers.slice(i * width, (i + 1) * width));
}

/** The subjects whose prototypes are halved or exchanged, by the format. */
const onlySubject = "1";

/** The windows, texts and prototypes that the cases of a set share. */
export class OnlineInputs implements Disposable {
  readonly #file: TensorFile;

  private constructor(file: TensorFile) {
    this.#file = file;
  }

  static async open(set: GoldenSet): Promise<OnlineInputs> {
    return new OnlineInputs(await set.tensors("online_inputs.safetensors"));
  }

  /** Of every embedding. */
  get width(): number {
    return this.#file.tensors.get("text")?.shape[1] ?? 0;
  }

  async windows(stream: string): Promise<Float64Array[]> {
    return await rowsOf(this.#file, `${stream}/z`);
  }

  /** The texts of the classes: `stream3c` has a world of its own, and `text3` goes with it. */
  async texts({ stream }: StoredCase): Promise<Float64Array[]> {
    return await rowsOf(this.#file, `text${worldOf(stream)}`);
  }

  /** A subject's prototypes as a case wants them. */
  async prototypes(
    { version, stream, protos, classes }: StoredCase,
    subject: string,
  ): Promise<Prototypes> {
    const rows = async (owner: string, label: number) => {
      const name = `protos${worldOf(stream)}/${owner}/${label}`;
      return this.#file.tensors.has(name) ? await rowsOf(this.#file, name) : [];
    };
    const all = (owner: string) =>
      Promise.all(Array.from({ length: classes }, (_, label) => rows(owner, label)));
    const none: Prototypes = Array.from({ length: classes }, () => []);
    // Two kinds have only one subject, which version 1 uses for everybody.
    const has = this.#file.tensors.has(`protos${worldOf(stream)}/${onlySubject}/0`);
    const only = has && version === "v2" && subject !== onlySubject
      ? none
      : await all(has ? onlySubject : subject);
    switch (protos) {
      case "none":
        return none;
      case "offline":
      case "three":
        return await all(subject);
      case "half":
        return only.map((own, label) => label === 0 ? own : []);
      case "swap":
        return only.toReversed();
      default:
        throw new TypeError(`Cannot run this case: this version does not know protos "${protos}"`);
    }
  }

  [Symbol.dispose](): void {
    this.#file[Symbol.dispose]();
  }
}

function worldOf(stream: string): string {
  return /^stream(\d+)c$/.exec(stream)?.[1] ?? "";
}
