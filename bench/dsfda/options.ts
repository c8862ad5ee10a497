import {
  allowedNumber,
  deviceHelp,
  deviceOptions,
  isWhole,
  parseOptions,
  texts,
  UsageError,
  userPath,
} from "../../app/terminal/terminal.ts";
import { type DesignName, designs, isDesign } from "../../demo/people/design.ts";
import type { DsfdaSizes } from "../../model/dsfda/draw_parameters.ts";
import { usualAdaptation } from "../../tta/dsfda/adapt_dsfda.ts";
import {
  type DsfdaProtocol,
  dsfdaProtocols,
  type DsfdaSettings,
  dsfdaSettings,
} from "../../tta/dsfda/settings.ts";
import { quickOption } from "../effort.ts";

const help = `Trains DSFDA on drawn people, from the drawing to pictures and a table.

usage: ./autt demo:dsfda [options]
  --out FOLDER      the table, the pictures and the networks (default dsfda); a training that was stopped
                    there goes on
  --design NAME     how people differ: ${Object.keys(designs).join(", ")} (default laboratory)
  --people N        to learn from, ten of whom choose the epoch (default 80)
  --targets N       to adapt to and be tested on (default 6)
  --alone D,P,S     steps before all learn together: the discriminators learn to tell faces, the
                    generator to draw faces, then to swap expressions (default 500,4000,700)
  --epochs N        of the source stage (default 2)
  --steps N         of an epoch (default 20)
  --protocol NAME   of both stages: ${dsfdaProtocols.join(" or ")} (default fixed)
  --seed N          of everything that is drawn in training (default 1999)
  --quick           five people with few clips to learn from, two to test on, a step: to see that it runs
${deviceHelp}

A quarter of the channels, 32 x 32 pixels from brows to chin, colours levelled. With the protocol as
released all networks begin together, with its dropout. The pictures have a row for each person: their
face at rest, another person's in pain, what is generated of the two; the same once more; and the face at
rest with the other's rest; below, a row for each person of what their own generator makes of them.`;

/** What learns to draw faces within minutes on a processor: pictures that are smaller, networks that are not. */
export const demoSizes: DsfdaSizes = { side: 32, channels: 32, noise: 64, width: 256 };

/** Heads of 256 numbers learn nothing for a long time with the released dropout. */
const dropout = 0.2;

/** What the command is to do. */
export interface DemoOptions {
  readonly out: string;
  readonly design: DesignName;
  readonly protocol: DsfdaProtocol;
  readonly seed: number;
  /** People to learn from, and how many of them choose the epoch. */
  readonly people: number;
  readonly held: number;
  readonly targets: number;
  readonly sourceClips: number;
  readonly targetClips: number;
  readonly source: DsfdaSettings;
  readonly adaptation: DsfdaSettings;
}

/** Reads the command's options. */
export function demoOptions(args: string[]) {
  const { values, positionals } = parseOptions(args, {
    ...deviceOptions,
    ...quickOption,
    out: { type: "string", default: "dsfda" },
    design: { type: "string", default: "laboratory" },
    people: { type: "string", default: "80" },
    targets: { type: "string", default: "6" },
    alone: { type: "string", default: "500,4000,700" },
    epochs: { type: "string", default: "2" },
    steps: { type: "string", default: "20" },
    seed: { type: "string", default: "1999" },
    ...texts("protocol"),
  }, help);
  if (positionals.length > 0) {
    throw new UsageError(`Cannot take "${positionals[0]}": see --help for the options`);
  }
  const whole = (
    name: "people" | "targets" | "epochs" | "steps" | "seed",
    least: number,
  ) =>
    allowedNumber(
      values[name],
      (x) => isWhole(x, least),
      `Cannot train with --${name} ${values[name]}: wanted a whole number from ${least} on`,
    );
  const protocol = dsfdaProtocols.find((one) => one === (values.protocol ?? "fixed"));
  if (!protocol) {
    throw new UsageError(
      `Cannot train by the protocol "${values.protocol}": wanted ${dsfdaProtocols.join(" or ")}`,
    );
  }
  const { quick, design } = values;
  if (!isDesign(design)) {
    throw new UsageError(
      `Cannot draw people of the design "${design}": wanted ${Object.keys(designs).join(", ")}`,
    );
  }
  const held = quick ? 1 : 10, seed = whole("seed", 0);
  const counted = (name: Parameters<typeof whole>[0], few: number, least: number) =>
    quick ? few : whole(name, least);
  const ours = protocol === "fixed";
  const [discriminators, pictures, swaps] = quick ? [1, 1, 1] : stepsAlone(values.alone);
  const source = dsfdaSettings("source", protocol, {
    ...{ batch: 8, rate: 1e-4, seed },
    epochs: counted("epochs", 1, 1),
    steps: counted("steps", 1, 1),
    ...ours && {
      dropout,
      pretraining: {
        discriminators: { steps: discriminators, batch: 16 },
        pictures: { steps: pictures, batch: 8 },
        swaps: { steps: swaps, batch: 8 },
        rate: 1e-3,
      },
    },
  });
  const adaptation = dsfdaSettings("target", protocol, {
    ...usualAdaptation,
    ...quick && { epochs: 1, steps: 1 },
    ...!ours && { dropout: 0.5 },
    seed,
  });
  const options: DemoOptions = {
    ...{ protocol, seed, held, source, adaptation },
    out: userPath(values.out),
    design,
    people: counted("people", held + 4, held + 4),
    targets: counted("targets", 2, 2),
    sourceClips: quick ? 2 : 10,
    targetClips: quick ? 8 : 16,
  };
  return { values, options };
}

/** Reads the steps of the three lessons. */
function stepsAlone(told: string): [number, number, number] {
  const steps = told.split(",").map((text) => /^\d+$/.test(text.trim()) ? Number(text) : NaN);
  if (steps.length === 3 && steps.every(Number.isSafeInteger)) {
    return steps as [number, number, number];
  }
  throw new UsageError(
    `Cannot train with --alone ${told}: wanted three whole numbers, as in 500,4000,700`,
  );
}
