import { softmax } from "../../numbers/probabilities.ts";
import { average, meanDirection, meanOf, squaredDistance } from "../../numbers/vectors.ts";
import type { MethodEntry, SourceClip, UnlabelledClip } from "../methods/method.ts";

/** By convention the first class is the neutral one. */
const neutral = 0;

interface SeenClip extends SourceClip {
  readonly x: Float64Array;
}

/**
 * Personalisation at its plainest: a person's neutral face is subtracted, and what is left goes to the
 * nearest class.
 *
 * What is honest here: which of the target's clips are neutral is what is to be found out, so the
 * person's neutral face can't be their mean over neutral clips. It is estimated as the mean of all of
 * their clips, unlabelled, less what lies on average between the mean of all clips and that of neutral
 * ones in source people. That takes for granted that the person shows classes as often as they do, and
 * it looks at clips before it is their turn: the strongest form of the idea that uses no target label,
 * because a baseline that is too weak flatters every method.
 */
export const neutralMean: MethodEntry = {
  name: "neutral mean",
  about: "clips less the person's neutral face as it is estimated without labels; nearest class",
  needs: ["source labels", "source features"],
  looksAhead: true,
  async open({ sources, classes, clip }) {
    const width = clip.config.embedding;
    const embed = async (video: UnlabelledClip) => meanDirection(await video.features(), width);
    const seen: SeenClip[] = [];
    for (const source of sources) seen.push({ ...source, x: await embed(source) });
    // People without a neutral clip have nothing to be measured from.
    const people = [...Map.groupBy(seen, ({ subject }) => subject).values()].flatMap((clips) => {
      const still = clips.filter(({ label }) => label === neutral);
      return still.length === 0 ? [] : [{
        clips,
        neutral: meanOf(still.map(({ x }) => x)),
        all: meanOf(clips.map(({ x }) => x)),
      }];
    });
    const left = people.flatMap(({ clips, neutral }) =>
      clips.map(({ x, label }) => ({ label, x: minus(x, neutral) }))
    );
    const centres = classes.map((name, label) => {
      const some = left.filter((one) => one.label === label).map(({ x }) => x);
      if (some.length > 0) return meanOf(some);
      throw new RangeError(
        `Cannot take the mean of class "${name}": no source person with neutral clips has one of it`,
      );
    });
    const offset = meanOf(people.map(({ all, neutral }) => minus(all, neutral)));
    // How far clips lie from their own class: distances are told in this unit.
    const spread = Math.max(
      average(left.map(({ x, label }) => squaredDistance(x, centres[label] ?? x))),
      Number.EPSILON,
    );
    let zero = new Float64Array(width);
    return {
      async begin({ clips }) {
        const all: Float64Array[] = [];
        for (const video of clips) all.push(await embed(video));
        zero = minus(meanOf(all), offset);
      },
      async decide(video) {
        const x = minus(await embed(video), zero);
        const distances = centres.map((centre) => squaredDistance(x, centre));
        const logits = distances.map((distance) => -distance / (2 * spread));
        return { probabilities: Float32Array.from(softmax(logits)) };
      },
      [Symbol.dispose]() {},
    };
  },
};

function minus(a: Float64Array, b: Float64Array): Float64Array<ArrayBuffer> {
  return Float64Array.from(a, (x, i) => x - (b[i] ?? NaN));
}
