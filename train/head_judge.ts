import { type Device, type Plan, readAhead, record, type Tensor } from "../engine/mod.ts";
import type { HeadParameters } from "../model/clip_au/head_parameters.ts";
import { decideBatch, headInputs, type TrainerSetup, writeHead } from "./head_trainer.ts";
import { computeMetrics } from "../numbers/scores/metrics.ts";
import { average, joined, largestAt } from "../numbers/vectors.ts";
import { cutClip } from "../data/sampling.ts";
import type { Sample } from "./sample.ts";
import type { HeldResult } from "./training_state.ts";

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
    const plan = await record(device, (r) => decideBatch(r, headInputs(r, setup.sizes), setup));
    return new HeadJudge(device, setup, plan);
  }

  /** The logits `[C]` of each sample. */
  async decide(head: HeadParameters, samples: readonly Sample[]): Promise<Float32Array[]> {
    const { sizes, batch, frames: length } = this.#setup;
    writeHead(this.#plan, head);
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
    const got: Float32Array[] = [];
    for await (const logits of readAhead(decisions())) {
      for (let i = 0; i < batch && got.length < samples.length; i++) {
        got.push(logits.slice(i * sizes.classes, (i + 1) * sizes.classes));
      }
    }
    return got;
  }

  async test(head: HeadParameters, samples: readonly Sample[]): Promise<HeldResult> {
    const rows = await this.decide(head, samples), labels = samples.map(({ label }) => label);
    const losses = rows.map((row, i) => {
      const most = Math.max(...row);
      const sum = row.reduce((total, x) => total + Math.exp(x - most), 0);
      return most + Math.log(sum) - (row[labels[i] ?? NaN] ?? NaN);
    });
    return { loss: average(losses), ...computeMetrics(labels, rows.map(largestAt)) };
  }

  [Symbol.dispose](): void {
    this.#plan[Symbol.dispose]();
  }
}
