import type { MethodEntry, SourceClip } from "../methods/method.ts";

/** Shares of the classes among clips; one clip of each class is added, so that none is impossible. */
function sharesOf(clips: readonly SourceClip[], classes: number): Float32Array<ArrayBuffer> {
  const counts = Array.from(
    { length: classes },
    (_, label) => 1 + clips.filter((clip) => clip.label === label).length,
  );
  return Float32Array.from(counts, (count) => count / (clips.length + classes));
}

/** Always the same class: what a table must beat before it says anything. One for each class. */
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

/** What most clips of other people are, with their shares as probabilities. */
export const majority: MethodEntry = {
  name: "majority",
  about: "the commonest class of the source people",
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
 * What clips of other people at the same task are: the face is never looked at. Where this wins, the data
 * set tells of its tasks, and a method's score may be no more than that.
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
