import type { Parameters } from "../../model/dsfda/parameters.ts";
import type { Faces } from "./faces.ts";
import type { EpochResult } from "./progress.ts";
import type { DsfdaSettings } from "./settings.ts";

/** The faces of an epoch: those whose identities are learnt, and those whose expressions are. */
export interface EpochFaces {
  readonly identity: Faces;
  readonly expression: Faces;
}

/** What the two stages do each in their own way. */
export interface DsfdaStage {
  readonly settings: DsfdaSettings;
  /** Settings and data, which must be the same to resume, as text to compare. */
  readonly of: string;
  /** The faces of an epoch, which may be made by the generator as it is at its beginning. */
  faces(parameters: Parameters, epoch: number): Promise<EpochFaces> | EpochFaces;
  /** Judges parameters at the end of an epoch. */
  judge(parameters: Parameters): Promise<Pick<EpochResult, "held" | "acceptable">>;
  /** Whether a result is better than another. */
  better(result: EpochResult, than: EpochResult): boolean;
}
