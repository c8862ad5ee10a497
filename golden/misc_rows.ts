import { type Device, record, type Recorder, type Tensor } from "../engine/mod.ts";
import { gelu, l2Normalize, layerNorm, quickGelu } from "../kernels/mod.ts";
import type { GoldenSet } from "./golden_set.ts";
import { compareAdamw, compareEntropy, type TuningParts } from "./optimizer_rows.ts";
import { cropGeometry } from "./preprocess_rows.ts";
import { compareProtocol, type ProtocolRows } from "./protocol_rows.ts";
import type { GoldenReport, Tolerance } from "./report.ts";

/** The format's floors for activations; absolute ones grow with the largest number. */
const activationTolerance = (wanted: ArrayLike<number>): Tolerance => ({
  relative: 2e-5,
  absolute: 2e-5 * Array.from(wanted).reduce((most, x) => Math.max(most, Math.abs(x)), 1e-6),
});

/** The parts of `misc.json` that this version has. */
interface Misc {
  readonly geometry?: readonly {
    readonly w: number;
    readonly h: number;
    readonly resized: readonly number[];
    readonly left: number;
    readonly top: number;
  }[];
  readonly activations?: Readonly<Record<"x" | "gelu_erf" | "quick_gelu", number[]>>;
  readonly layernorm_normalize?: Readonly<
    Record<"x" | "layernorm_eps1e5" | "l2normalize_eps1e12", number[][]>
  >;
}

/** Compares what is in `misc.json`, and says which parts are not compared. */
export async function compareMisc(
  device: Device,
  set: GoldenSet,
  report: GoldenReport,
): Promise<void> {
  const {
    geometry,
    activations,
    layernorm_normalize: rows,
    sampling,
    biovid_label_file: frameList,
    bah_label_file: segments,
    metrics,
    entropy,
    adamw,
    ...others
  } = await set.json<Misc & ProtocolRows & TuningParts>("misc.json");
  compareProtocol(
    { sampling, biovid_label_file: frameList, bah_label_file: segments, metrics },
    report,
  );
  if (entropy) await compareEntropy(device, entropy, report);
  if (adamw) await compareAdamw(device, adamw, report);
  for (const { w, h, resized, left, top } of geometry ?? []) {
    report.equal(`misc: geometry of ${w} x ${h}`, cropGeometry(w, h), [...resized, left, top]);
  }
  const compare = async (
    name: string,
    x: number[][],
    wanted: number[],
    model: (r: Recorder, x: Tensor) => Tensor,
  ) => {
    const shape = [x.length, x[0]?.length ?? 0];
    using plan = await record(device, (r) => model(r, r.input("x", shape)));
    plan.write("x", Float32Array.from(x.flat()));
    plan.run();
    report.compare(
      `misc: ${name}`,
      await device.read(plan.outputs as Tensor),
      wanted,
      activationTolerance(wanted),
    );
  };
  if (activations) {
    await compare("gelu_erf", [activations.x], activations.gelu_erf, gelu);
    await compare("quick_gelu", [activations.x], activations.quick_gelu, quickGelu);
  }
  if (rows) {
    const width = rows.x[0]?.length ?? 0;
    await compare("layernorm_eps1e5", rows.x, rows.layernorm_eps1e5.flat(), (r, x) =>
      layerNorm(
        r,
        x,
        r.constant("scale", [width], "f32", new Float32Array(width).fill(1)),
        r.constant("shift", [width], "f32", new Float32Array(width)),
      ));
    await compare("l2normalize_eps1e12", rows.x, rows.l2normalize_eps1e12.flat(), l2Normalize);
  }
  report.leaveOut(Object.keys(others).map((name) => `misc: ${name}`), "not in this version");
}
