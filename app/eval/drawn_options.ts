import { fullSize } from "../../demo/dataset/cast.ts";
import { designs, isDesign } from "../../demo/people/design.ts";
import { UsageError } from "../terminal/terminal.ts";
import type { DrawnPeople } from "./drawn_dataset.ts";

/** The dataset that is drawn rather than read. */
export const drawnDataset = "demo";

/** Options for drawn people only, and for labels and files only. */
const drawnOnly = ["design", "people", "clips"] as const;
const readOnly = [
  ...["labels", "source-labels", "root", "skip-missing", "targets"] as const,
  ...["stride", "frames", "no-face-crop", "classes"] as const,
];

/** The drawn people that a command line asks for; undefined for other datasets. */
export function readDrawnOptions(
  values: Readonly<Record<string, unknown>> & {
    readonly dataset?: string;
    readonly design?: string;
  },
  { seed, people, clips }: { seed: number } & Record<"people" | "clips", number | undefined>,
): DrawnPeople | undefined {
  const drawn = values.dataset === drawnDataset;
  const given = (name: string) => {
    const value = values[name];
    return Array.isArray(value) ? value.length > 0 : value !== undefined && value !== false;
  };
  const strange = (drawn ? readOnly : drawnOnly).find(given);
  if (strange !== undefined) {
    throw new UsageError(
      drawn
        ? `Cannot evaluate on drawn people with --${strange}: it is for labels and files`
        : `Cannot evaluate with --${strange}: it is for --dataset ${drawnDataset}`,
    );
  }
  if (!drawn) return undefined;
  const design = values.design ?? "style";
  if (!isDesign(design)) {
    throw new UsageError(
      `Cannot evaluate on the design "${design}": the designs are ${
        Object.keys(designs).join(", ")
      }`,
    );
  }
  return {
    design,
    seed,
    targets: people ?? fullSize.targets,
    targetClips: clips ?? fullSize.targetClips,
    sources: people === undefined ? fullSize.sources : 4 * people,
    sourceClips: clips ?? fullSize.sourceClips,
  };
}
