import { join } from "node:path";
import type { Device } from "../../engine/mod.ts";
import { writeAtomically } from "../../io/files/write_atomically.ts";
import { withoutAlpha } from "../../media/without_alpha.ts";
import { adaptDsfda, type AdaptedDsfda } from "../../tta/dsfda/adapt_dsfda.ts";
import { type Dsfda, shownSide, sizesOf } from "../../tta/dsfda/dsfda.ts";
import { loadDsfda } from "../../tta/dsfda/dsfda_file.ts";
import { type Faces, restingFaces, takeFaces } from "../../tta/dsfda/faces.ts";
import { seeFaces } from "../../tta/dsfda/view.ts";
import { showStatus } from "../terminal/status_line.ts";
import { UsageError, userPath } from "../terminal/terminal.ts";

/** The networks to adapt, if the user asked for DSFDA. */
export async function readNetworks(
  { method, dsfda, show }: {
    readonly method?: string;
    readonly dsfda?: string;
    readonly show?: string;
  },
): Promise<Dsfda | undefined> {
  if (method !== "dsfda") {
    const named = dsfda === undefined ? show === undefined ? undefined : "show" : "dsfda";
    if (named === undefined) return undefined;
    throw new UsageError(`Cannot use --${named} without DSFDA: add --method dsfda`);
  }
  if (dsfda === undefined) {
    throw new UsageError(
      "Cannot enroll by DSFDA without its networks: name the file of those that source people taught, " +
        "with --dsfda",
    );
  }
  const learnt = await loadDsfda(userPath(dsfda));
  if (learnt.prototypes && learnt.parameters.has("Gen.dec.us5.0.weight")) return learnt;
  throw new UsageError(
    `Cannot adapt "${dsfda}": it is a person's own already, or has no generator with expressions to ` +
      "generate: name one that this project trained on source people",
  );
}

/** A person's resting clips as pictures, `[S, S, 4]` each, for adapting. */
export async function adaptNetworks(
  device: Device,
  learnt: Dsfda,
  clips: readonly (readonly Uint8Array[])[],
  signal: AbortSignal,
): Promise<AdaptedDsfda> {
  const { side } = sizesOf(learnt.parameters), shown = shownSide(learnt);
  const resting = clips.map((squares) =>
    restingFaces(seeFaces(withoutAlpha(squares, shown), side, learnt.view), side)
  );
  return await adaptDsfda(device, learnt, resting, {
    signal,
    onStep(epoch, step, steps, losses) {
      if (!Deno.stderr.isTerminal()) return;
      const told = [...losses].map(([name, loss]) => `${name} ${loss.toFixed(3)}`).join(" ");
      showStatus(`adapting, epoch ${epoch}, step ${step} of ${steps}: ${told}`);
    },
  });
}

/** Writes generated faces into a folder, a picture each, for whoever wants to look. Nothing else keeps them. */
export async function showGenerated(folder: string, faces: Faces): Promise<void> {
  // Loaded here, where a permission that is missing is told in a sentence.
  const { default: sharp } = await import("sharp");
  const { side: width } = faces, raw = { width, height: width, channels: 3 } as const;
  for (const n of faces.labels.keys()) {
    const { pixels } = takeFaces(faces, [n]);
    const name = `generated-${String(n + 1).padStart(2, "0")}.png`;
    const png = await sharp(pixels, { raw }).png().toBuffer();
    await writeAtomically(join(folder, name), new Uint8Array(png));
  }
}

/** What to tell the user of it. */
export function describeNetworks(name: string, { bestEpoch }: AdaptedDsfda): string {
  return bestEpoch === 0
    ? `DSFDA decides on ${name} as it learnt from others: nothing told what was held out better without ` +
      "calling too much neutral"
    : `DSFDA is adapted to ${name} (epoch ${bestEpoch})`;
}
