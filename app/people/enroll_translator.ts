import type { Device } from "../../engine/mod.ts";
import type { Clip } from "../../model/clip/clip.ts";
import { type AdaptedPft, adaptLatentPft } from "../../tta/pft/adapt_latent_pft.ts";
import type { LatentPft } from "../../tta/pft/latent_pft.ts";
import { checkLatentPft, loadLatentPft } from "../../tta/pft/latent_pft_file.ts";
import { UsageError, userPath } from "../terminal/terminal.ts";

/** The translator to adapt, if the user asked for latent PFT. */
export async function readTranslator(
  { method, translator }: { readonly method?: string; readonly translator?: string },
): Promise<LatentPft | undefined> {
  if (method === undefined && translator === undefined) return undefined;
  if (method !== "pft") {
    throw new UsageError(
      method === undefined
        ? "Cannot use --translator without a method: add --method pft"
        : `Cannot enroll by the method "${method}": only pft and dsfda learn more than the resting face`,
    );
  }
  if (translator === undefined) {
    throw new UsageError(
      "Cannot enroll by latent PFT without a translator: train one with `./autt train LABELS " +
        "--translator FILE`, and name it with --translator",
    );
  }
  const learnt = await loadLatentPft(userPath(translator));
  if (learnt.probes) return learnt;
  throw new UsageError(
    `Cannot adapt "${translator}": it is a person's own already: name the one that was trained`,
  );
}

/** Adapts a translator to a person's resting clips. */
export async function adaptTo(
  device: Device,
  clip: Clip,
  learnt: LatentPft,
  resting: readonly Float32Array[],
  signal: AbortSignal,
): Promise<AdaptedPft> {
  await checkLatentPft(learnt, clip);
  return await adaptLatentPft(device, learnt, resting, { signal });
}

/** What to tell the user of it. */
export function describeAdapted(name: string, { pft: { scale }, bestEpoch }: AdaptedPft): string {
  if (scale === 0) {
    return `latent PFT is not adapted to ${name}: it would have called too much neutral`;
  }
  return bestEpoch === 0
    ? `latent PFT decides on ${name} as it learnt from others: nothing did better on what was held out`
    : `latent PFT is adapted to ${name} (epoch ${bestEpoch}` +
      `${scale < 1 ? `, ${scale} of the way: more would have called too much neutral` : ""})`;
}
