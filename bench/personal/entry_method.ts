import type { MethodEntry, MethodSetup, UnlabelledClip } from "../../tta/methods/mod.ts";
import { largestAt } from "../../numbers/vectors.ts";
import type { Method } from "./methods.ts";

/** A method of the product as one of the benchmark: it sees clips without labels, under neutral names. */
export function entryMethod(entry: MethodEntry, setup: MethodSetup): Method {
  return async (people) => {
    using method = await entry.open(setup);
    const all: number[][] = [];
    for (const [number, { clips, neutral }] of people.entries()) {
      const subject = `person ${number + 1}`;
      const unlabelled = (features: Float32Array, i: number): UnlabelledClip => ({
        id: `clip ${i + 1} of ${subject}`,
        features: () => Promise.resolve(features),
      });
      const shown = clips.map(({ features }, i) => unlabelled(features, i));
      const resting = entry.needs.includes("resting") ? neutral.map(unlabelled) : undefined;
      await method.begin({ subject, clips: shown, resting });
      const decided: number[] = [];
      for (const clip of shown) decided.push(largestAt((await method.decide(clip)).probabilities));
      all.push(decided);
    }
    return all;
  };
}
