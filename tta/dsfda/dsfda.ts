import type { DsfdaSizes } from "../../model/dsfda/draw_parameters.ts";
import type { Parameters } from "../../model/dsfda/parameters.ts";
import type { Faces } from "./faces.ts";
import { type View, wantedSide } from "./view.ts";

/** DSFDA as it is kept: what decides, and before it is a person's own, what can be adapted. */
export interface Dsfda {
  /** The class names by index; the first is neutral. */
  readonly classes: readonly string[];
  /**
   * By the authors' names. `Gen.enc_ER.` and `Gen.fc_ER.` decide; what was learnt from sources has the
   * rest of `Gen.`, and `Dis_ER.`, too.
   */
  readonly parameters: Parameters;
  /** How these see the picture of a face; whole unless said otherwise, as the authors' do. */
  readonly view?: View | undefined;
  /**
   * Generated faces of nobody that show the sources' expressions: what a person's faces are generated
   * after. A person's own has none.
   */
  readonly prototypes?: Faces | undefined;
}

/** What the names of a network's parameters begin with. */
export const deciding = ["Gen.enc_ER.", "Gen.fc_ER."] as const;

/** Parameters whose names begin with any of these. */
export function parametersOf(parameters: Parameters, prefixes: readonly string[]): Parameters {
  return new Map(
    [...parameters].filter(([name]) => prefixes.some((prefix) => name.startsWith(prefix))),
  );
}

/** The networks' sizes, as their parameters tell them; those of noise only where there is a decoder. */
export function sizesOf(parameters: Parameters): DsfdaSizes {
  const axis = (name: string, at: number) => parameters.get(name)?.shape[at] ?? NaN;
  const channels = axis("Gen.enc_ER.conv4.0.conv.weight", 0);
  const inputs = axis("Gen.fc_ER.fc1.weight", 1), side = 16 * Math.sqrt(inputs / channels);
  if (!Number.isInteger(side)) {
    throw new TypeError(
      `Cannot use DSFDA's parameters: the classifier takes ${inputs} numbers, which are no square of ` +
        `the encoder's ${channels} channels`,
    );
  }
  return {
    side,
    channels,
    noise: axis("Gen.dec.emb1.0.weight", 1) - 2 * channels,
    width: axis("Gen.fc_ER.fc1.weight", 0),
  };
}

/** Rows and columns of the faces' pictures that networks want to be shown. */
export function shownSide({ parameters, view }: Pick<Dsfda, "parameters" | "view">): number {
  return wantedSide(sizesOf(parameters).side, view);
}
