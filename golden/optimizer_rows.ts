import { type Device, record, type Tensor } from "../engine/mod.ts";
import { adamw, adamwCorrection, entropy, grad, mean } from "../kernels/mod.ts";
import { tuningModes } from "../tta/clip_autt/tuning_settings.ts";
import type { GoldenReport } from "./report.ts";

/** The parts of `misc.json` that tuning is made of. */
export interface TuningParts {
  readonly entropy?:
    | readonly {
      readonly logits: readonly number[][];
      readonly loss: number;
      readonly grad: readonly number[][];
      readonly selection_entropy: readonly number[];
    }[]
    | undefined;
  readonly adamw?:
    | Optimizer
      & {
        readonly betas: readonly [number, number];
        readonly eps: number;
        readonly grads: readonly number[][];
        readonly rebuild: readonly number[][];
        readonly strong_decay: Optimizer;
      }
    | undefined;
}

interface Optimizer {
  readonly lr: number;
  readonly weight_decay: number;
  readonly p0: readonly number[];
  /** The parameters after each step, with one optimiser. */
  readonly keep: readonly number[][];
}

/** As for activations, by the largest number. */
const toleranceOf = (wanted: readonly number[], relative: number) => ({
  relative,
  absolute: relative * Math.max(...wanted.map(Math.abs)),
});

/** Compares the entropy, its gradient, and the one that windows are chosen by; all cases together. */
export async function compareEntropy(
  device: Device,
  cases: NonNullable<TuningParts["entropy"]>,
  report: GoldenReport,
): Promise<void> {
  const got = { loss: [] as number[], gradient: [] as number[], choice: [] as number[] };
  for (const { logits } of cases) {
    const shape = [logits.length, logits[0]?.length ?? 0];
    using plan = await record(device, (r) => {
      const x = r.constant("logits", shape, "f32", Float32Array.from(logits.flat()));
      const loss = mean(r, entropy(r, x), 0);
      const [gradient] = grad(r, loss, [x]) as [Tensor];
      const choice = entropy(r, x, { eps: tuningModes.official.chooseEps });
      return [loss, gradient, choice];
    });
    plan.run();
    const [loss = [], gradient = [], choice = []] = await device.read(plan.outputs as Tensor[]);
    got.loss.push(...loss);
    got.gradient.push(...gradient);
    got.choice.push(...choice);
  }
  const wanted = {
    loss: cases.map(({ loss }) => loss),
    gradient: cases.flatMap((one) => one.grad.flat()),
    choice: cases.flatMap((one) => [...one.selection_entropy]),
  };
  for (const name of ["loss", "gradient", "choice"] as const) {
    const relative = name === "gradient" ? 2e-4 : 2e-5; // the format's floors
    const tolerance = toleranceOf(wanted[name], relative);
    report.compare(`misc: entropy ${name}`, got[name], wanted[name], tolerance);
  }
}

/** Compares AdamW on given gradients: kept, rebuilt for each step, and with strong weight decay. */
export async function compareAdamw(
  device: Device,
  golden: NonNullable<TuningParts["adamw"]>,
  report: GoldenReport,
): Promise<void> {
  const run = async ({ lr, weight_decay: decay, p0 }: Omit<Optimizer, "keep">, keep: boolean) => {
    const count = p0.length, { betas, eps, grads } = golden;
    using plan = await record(device, (r) => {
      const [p, g, m, v] = ["p", "g", "m", "v"].map((name) => r.input(name, [count])) as [
        Tensor,
        Tensor,
        Tensor,
        Tensor,
      ];
      const inputs = { p, g, m, v, correction: r.input("correction", [2]) };
      const next = adamw(r, inputs, { rate: lr, betas, eps, decay });
      r.assign(p, next.p);
      r.assign(m, next.m);
      r.assign(v, next.v);
      return next.p;
    });
    plan.write("p", Float32Array.from(p0));
    const all: number[] = [];
    for (const [i, g] of grads.entries()) {
      if (i === 0 || !keep) {
        plan.write("m", new Float32Array(count));
        plan.write("v", new Float32Array(count));
      }
      plan.write("g", Float32Array.from(g));
      plan.write("correction", adamwCorrection(keep ? i + 1 : 1, { betas }));
      plan.run();
      all.push(...await device.read(plan.outputs));
    }
    return all;
  };
  const { keep, rebuild, strong_decay: strong } = golden;
  const compare = (name: string, got: readonly number[], rows: readonly number[][]) =>
    report.compare(`misc: adamw ${name}`, got, rows.flat(), toleranceOf(rows.flat(), 2e-7));
  compare("kept", await run(golden, true), keep);
  compare("rebuilt", await run(golden, false), rebuild);
  compare("with a strong decay", await run(strong, true), strong.keep);
}
