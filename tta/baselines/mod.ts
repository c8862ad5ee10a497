/**
 * Trivial baselines for every table: predictions with no model of faces, or almost none.
 *
 * @module
 */
import {
  type MethodEntry,
  methodOf,
  type SourceClip,
  type UnlabelledClip,
} from "../methods/method.ts";
import { sharesOf } from "./shares.ts";
import { transcriptLength } from "./transcript_length.ts";
import { average, meanDirection, meanOf, softmax, squaredDistance } from "../../numbers/vectors.ts";

/** Always predicts one class: the least that a method must beat. */
function constant(label: number, name: string): MethodEntry {
  return {
    name: `always ${name}`,
    about: `says "${name}" of every clip`,
    needs: [],
    open: ({ classes }) =>
      Promise.resolve(methodOf(() => classes.map((_, c) => Number(c === label)))),
  };
}

/** Predicts the most common class of other people, with class shares as probabilities. */
const majority: MethodEntry = {
  name: "majority",
  about: "the most common class of the source people",
  needs: ["source labels"],
  open({ sources, classes }) {
    const probabilities = sharesOf(sources, classes.length);
    return Promise.resolve(methodOf(() => probabilities));
  },
};

/**
 * Predicts from other people's clips of the same task, without looking at the face. If this wins, the
 * labels follow the tasks, and a method's score may only reflect that.
 */
const taskOnly: MethodEntry = {
  name: "task only",
  about: "the source people's classes at the same task, without a look at the face",
  needs: ["source labels", "tasks"],
  open({ sources, classes }) {
    const all = sharesOf(sources, classes.length);
    const byTask = new Map(
      [...Map.groupBy(sources, ({ task }) => task)]
        .map(([task, clips]) => [task, sharesOf(clips, classes.length)]),
    );
    return Promise.resolve(
      methodOf(({ task }) => (task === undefined ? undefined : byTask.get(task)) ?? all),
    );
  },
};

/** By convention the first class is neutral. */
const neutral = 0;

interface SeenClip extends SourceClip {
  readonly x: Float64Array;
}

/**
 * The simplest personalisation: subtract the person's neutral face and take the nearest class mean.
 *
 * The target's neutral clips are not known, so their mean can't be used. The neutral face is estimated
 * without labels: the mean of all of the person's clips, minus the average difference between the mean
 * of all clips and that of neutral clips in source people. This assumes that the person shows each class
 * as often as the source people do, and it uses clips before they are decided on. It is the strongest
 * form of the idea that uses no target label: a weak baseline would flatter every method.
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
    // People without a neutral clip can't be used.
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
    // The mean squared distance of clips to their class mean scales the distances.
    const spread = Math.max(
      average(left.map(({ x, label }) => squaredDistance(x, centres[label] ?? x))),
      Number.EPSILON,
    );
    let zero = new Float64Array(width);
    const decide = async (video: UnlabelledClip) => {
      const x = minus(await embed(video), zero);
      return softmax(centres.map((centre) => -squaredDistance(x, centre) / (2 * spread)));
    };
    return methodOf(decide, async ({ clips }) => {
      const all: Float64Array[] = [];
      for (const video of clips) all.push(await embed(video));
      zero = minus(meanOf(all), offset);
    });
  },
};

function minus(a: Float64Array, b: Float64Array): Float64Array<ArrayBuffer> {
  return Float64Array.from(a, (x, i) => x - (b[i] ?? NaN));
}

/** The baselines for given classes, in table order. */
export function baselinesFor(classes: readonly string[]): MethodEntry[] {
  return [
    ...classes.map((name, label) => constant(label, name)),
    majority,
    taskOnly,
    transcriptLength,
    neutralMean,
  ];
}
