import { type Device, type Plan, readAhead, record, type Tensor } from "../engine/mod.ts";
import { l2Normalize } from "../kernels/mod.ts";
import { adaptTexts, decide, embedClips } from "../model/clip_au/head.ts";
import { type HeadParameters, headShapes } from "../model/clip_au/head_parameters.ts";
import { toMatrix } from "../model/clip_au/head_weights.ts";
import { headInputs, headOf, type TrainerSetup } from "./head_trainer.ts";
import { computeMetrics } from "../numbers/scores/metrics.ts";
import { joined, largestAt } from "../numbers/vectors.ts";
import { cutClip } from "../data/sampling.ts";
import type { Sample } from "./sample.ts";
import type { EpochResult } from "./training_state.ts";

/** Tests heads on clips from the middle of videos. */
export class HeadJudge implements Disposable {
  readonly #device: Device;
  readonly #setup: TrainerSetup;
  readonly #plan: Plan<Tensor>;

  private constructor(device: Device, setup: TrainerSetup, plan: Plan<Tensor>) {
    this.#device = device;
    this.#setup = setup;
    this.#plan = plan;
  }

  static async open(device: Device, setup: TrainerSetup): Promise<HeadJudge> {
    const { sizes, texts, batch, frames } = setup, { embedding, units } = sizes;
    const plan = await record(device, (r) => {
      const head = headOf(headInputs(r, sizes));
      const clips = embedClips(r, head, r.input("features", [batch, frames, embedding]));
      const adapted = adaptTexts(r, head, r.constant("texts", [units, embedding], "f32", texts));
      return decide(r, head, clips, l2Normalize(r, adapted)).logits;
    });
    return new HeadJudge(device, setup, plan);
  }

  async test(head: HeadParameters, samples: readonly Sample[]): Promise<EpochResult["held"]> {
    const { sizes, batch, frames: length } = this.#setup;
    for (const [name, shape] of headShapes(sizes)) {
      const data = head.numbers.get(name) as Float32Array<ArrayBuffer>;
      this.#plan.write(name, name.endsWith("weight") ? toMatrix(data, shape) : data);
    }
    const batches = Array.from(
      { length: Math.ceil(samples.length / batch) },
      (_, i) => samples.slice(i * batch, (i + 1) * batch),
    );
    const plan = this.#plan, device = this.#device;
    const decisions = async function* () {
      for (const some of batches) {
        const clips = await Promise.all(some.map(async (sample) => {
          const middle = (frames: number) => Math.max(0, (frames - length) >> 1);
          return cutClip(await sample.features(), sizes.embedding, length, middle);
        }));
        // A plan has a fixed batch: the last one is filled up with its first clip.
        while (clips.length < batch) clips.push(clips[0] as Float32Array);
        plan.write("features", joined(clips));
        plan.run();
        yield { answer: device.read(plan.outputs) };
      }
    };
    const got: number[] = [];
    let loss = 0;
    for await (const logits of readAhead(decisions())) {
      for (let i = 0; i < batch && got.length < samples.length; i++) {
        const row = logits.subarray(i * sizes.classes, (i + 1) * sizes.classes);
        const most = Math.max(...row);
        const sum = row.reduce((total, x) => total + Math.exp(x - most), 0);
        loss += most + Math.log(sum) - (row[samples[got.length]?.label ?? NaN] ?? NaN);
        got.push(largestAt(row));
      }
    }
    return {
      loss: loss / samples.length,
      ...computeMetrics(samples.map(({ label }) => label), got),
    };
  }

  [Symbol.dispose](): void {
    this.#plan[Symbol.dispose]();
  }
}
