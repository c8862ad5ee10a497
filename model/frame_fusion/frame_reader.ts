import { type Device, type Tensor, Weights } from "../../engine/mod.ts";
import { SizedPlans } from "../sized_plans.ts";
import { trained } from "../tcn/mode.ts";
import { decideFrames, frameInputs } from "./forward.ts";
import { type FrameParameters, loadTrained } from "./parameters.ts";
import type { FrameSizes } from "./sizes.ts";

/** The frames of one clip, `[T, D]` of each modality by its name. */
export type FrameFeatures = Readonly<Record<string, Float32Array<ArrayBuffer>>>;

/**
 * Clips are made longer by zeros, to a multiple of so many frames, so that clips of many lengths need few
 * plans: no frame sees what comes later.
 */
const rounded = 32;

/** Decides on the frames of clips by a trained LFAN or CAN. */
export class FrameReader implements Disposable {
  readonly sizes: FrameSizes;
  readonly #owned: DisposableStack;
  readonly #plans: SizedPlans<Tensor>;

  constructor(device: Device, parameters: FrameParameters) {
    const { sizes } = parameters;
    this.sizes = sizes;
    using owned = new DisposableStack();
    const weights = loadTrained(owned.use(new Weights(device)), parameters);
    this.#plans = owned.use(
      new SizedPlans(
        device,
        (r, steps) =>
          decideFrames(r, sizes, weights, frameInputs(r, sizes, 1, steps as number), trained),
      ),
    );
    this.#owned = owned.move();
  }

  /** Logits `[T, classes]` of every frame of a clip, which is looked at whole. */
  async logits(clip: FrameFeatures): Promise<Float32Array<ArrayBuffer>> {
    const steps = checkFrames(this.sizes, clip), longer = Math.ceil(steps / rounded) * rounded;
    const inputs = Object.fromEntries(
      this.sizes.modalities.map(({ name, width }) => {
        const frames = new Float32Array(longer * width);
        frames.set(clip[name] as Float32Array);
        return [`x.${name}`, frames];
      }),
    );
    return (await this.#plans.run([longer], inputs)).slice(0, steps * this.sizes.classes);
  }

  /** Frees all memory. */
  [Symbol.dispose](): void {
    this.#owned[Symbol.dispose]();
  }
}

/** The frames of a clip. Throws unless it has each modality, of the model's width and as many frames. */
export function checkFrames({ form, modalities }: FrameSizes, clip: FrameFeatures): number {
  const counts = modalities.map(({ name, width }) => {
    const frames = clip[name];
    if (!frames) {
      throw new TypeError(
        `Cannot decide by ${form.toUpperCase()}: it was trained with "${name}", which the clip lacks`,
      );
    }
    return frames.length / width;
  });
  const [steps = 0] = counts;
  if (Number.isInteger(steps) && steps > 0 && counts.every((count) => count === steps)) {
    return steps;
  }
  throw new RangeError(
    `Cannot decide by ${form.toUpperCase()}: every modality must have as many frames: got ` +
      modalities.map(({ name, width }, i) => `${counts[i]} of ${name}, ${width} numbers each`)
        .join("; "),
  );
}
