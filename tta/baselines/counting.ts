import type { MethodEntry, SourceClip } from "../methods/method.ts";

/** Class shares among clips. One clip per class is added, so that no share is zero. */
function sharesOf(clips: readonly SourceClip[], classes: number): Float32Array<ArrayBuffer> {
  const counts = Array.from(
    { length: classes },
    (_, label) => 1 + clips.filter((clip) => clip.label === label).length,
  );
  return Float32Array.from(counts, (count) => count / (clips.length + classes));
}

/** Always predicts one class: the least that a method must beat. */
export function constant(label: number, name: string): MethodEntry {
  return {
    name: `always ${name}`,
    about: `says "${name}" of every clip`,
    needs: [],
    open: ({ classes }) =>
      Promise.resolve({
        begin() {},
        decide: () =>
          Promise.resolve({
            probabilities: Float32Array.from(classes, (_, c) => Number(c === label)),
          }),
        [Symbol.dispose]() {},
      }),
  };
}

/** Predicts the most common class of other people, with class shares as probabilities. */
export const majority: MethodEntry = {
  name: "majority",
  about: "the most common class of the source people",
  needs: ["source labels"],
  open({ sources, classes }) {
    const probabilities = sharesOf(sources, classes.length);
    return Promise.resolve({
      begin() {},
      decide: () => Promise.resolve({ probabilities }),
      [Symbol.dispose]() {},
    });
  },
};

/**
 * Predicts from other people's clips of the same task, without looking at the face. If this wins, the
 * labels follow the tasks, and a method's score may only reflect that.
 */
export const taskOnly: MethodEntry = {
  name: "task only",
  about: "the source people's classes at the same task, without a look at the face",
  needs: ["source labels", "tasks"],
  open({ sources, classes }) {
    const all = sharesOf(sources, classes.length);
    const byTask = new Map(
      [...Map.groupBy(sources, ({ task }) => task)]
        .map(([task, clips]) => [task, sharesOf(clips, classes.length)]),
    );
    return Promise.resolve({
      begin() {},
      decide: ({ task }) =>
        Promise.resolve({
          probabilities: (task === undefined ? undefined : byTask.get(task)) ?? all,
        }),
      [Symbol.dispose]() {},
    });
  },
};
