import { headOf, type MethodEntry } from "./method.ts";

/** CLIP-AU: the trained head on all frames of a clip, without adapting. */
export const clipAu: MethodEntry = {
  name: "clip-au",
  about: "the trained head on the whole clip, without adapting",
  needs: ["head"],
  open(setup) {
    const model = headOf(setup);
    return Promise.resolve({
      begin() {},
      async decide(video) {
        const [prediction] = await model.predict([await video.features()]);
        return { probabilities: prediction?.probabilities ?? new Float32Array(0) };
      },
      [Symbol.dispose]() {},
    });
  },
};
