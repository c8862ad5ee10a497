import { type Accuracy, measureAccuracy, tolerance, unitRoundoff } from "../compare.ts";
import { buildPlan, recordApplications } from "../build_plan.ts";
import type { Device } from "../device.ts";
import { DeviceLostError, OutOfMemoryError } from "../errors.ts";
import { presentInputs, type Ways } from "../op.ts";
import type { Plan } from "../plan.ts";
import type { Application } from "../recorder.ts";
import { Rng } from "../../numbers/rng.ts";
import { medianOf } from "../../numbers/vectors.ts";
import type { AnyTensor, Operand } from "../tensor.ts";
import { type MeasuredWay, usualWay } from "./measured_schedule.ts";
import { leastOf, timePlans } from "./time_plans.ts";

/** Smaller operations are not worth measuring: starting them takes longer than they do. */
const leastFlops = 2 ** 24;

/** By how much another way must be faster than the usual one: less is within what timings differ. */
const leastGain = 1.03;

/**
 * The ways of those applications that do not run by the usual one: what was measured before, and, where the
 * device measures by itself, what is measured now.
 */
export async function chooseWays(
  device: Device,
  applications: readonly Application[],
): Promise<ReadonlyMap<Application, string>> {
  const { schedule } = device, chosen = new Map<Application, string>();
  if (!schedule.measures && schedule.ways.size === 0) return chosen;
  for (const application of applications) {
    const ways = waysOf(device, application);
    if (ways === undefined) continue;
    const key = keyOf(application);
    // Of an older or newer table, or of another family.
    const known = () => {
      const way = schedule.ways.get(key)?.way;
      return way === usualWay || ways.names.includes(way ?? "") ? way : undefined;
    };
    if (schedule.measures && known() === undefined) {
      await schedule.inTurn(async () => {
        if (known() !== undefined) return;
        const measured = await measureWays(device, application, ways);
        if (measured) await schedule.keep(new Map([[key, measured]]));
      });
    }
    const way = known();
    if (way !== undefined && way !== usualWay) chosen.set(application, way);
  }
  return chosen;
}

/** The other ways of an application, if it is worth measuring and can be filled with made-up numbers. */
function waysOf(device: Device, { op, inputs, attrs }: Application): Ways | undefined {
  const ways = op.ways?.(inputs, attrs, device.adapter);
  if (ways === undefined || ways.names.length === 0) return undefined;
  if (op.cost(inputs, attrs).flops < leastFlops) return undefined;
  const fits = presentInputs(inputs).every(([, operand]) =>
    operand.kind === "packed" || operand.dtype === "f32"
  );
  return fits ? ways : undefined;
}

/** What a measurement is kept under: operation, sizes and what the weights are kept as. */
function keyOf({ label, inputs }: Application): string {
  const halves = presentInputs(inputs).some(([, operand]) =>
    operand.kind === "packed" &&
    (operand.storage.kind === "texture"
      ? operand.storage.format === "rgba16float"
      : operand.storage.dtype === "f16")
  );
  return halves ? `${label},halves` : label;
}

/**
 * Times an application by all its ways, on made-up numbers and its own weights. One that does not compile, or
 * computes something else than the usual way, is thrown away. Nothing comes of it where there is no
 * memory for that.
 */
async function measureWays(
  device: Device,
  application: Application,
  { names, roundings }: Ways,
): Promise<MeasuredWay | undefined> {
  using plans = new DisposableStack();
  try {
    const usual = plans.use(await recordAlone(device, application));
    usual.run();
    const wanted = await readAll(device, usual);
    const candidates = [{ way: usualWay, plan: usual as Plan }];
    for (const way of names) {
      const plan = await unlessWrong(async () => {
        const plan = plans.use(await recordAlone(device, application, { way, usual }));
        plan.run();
        const got = await readAll(device, plan);
        return got.every((data, i) => agrees(data, wanted[i] ?? [], roundings)) ? plan : undefined;
      });
      if (plan) candidates.push({ way, plan });
    }
    const least = leastOf(await timePlans(device, candidates.map(({ plan }) => plan)));
    const fastest = candidates[least.indexOf(Math.min(...least))];
    const [usualSeconds = NaN] = least;
    if (fastest === undefined || fastest.plan === usual) {
      return { way: usualWay, seconds: usualSeconds, usualSeconds };
    }
    // The best of several was lucky too: only a second time, alone with the usual way, tells.
    return comparedAlone(fastest.way, await timePlans(device, [usual, fastest.plan]));
  } catch (error) {
    if (error instanceof OutOfMemoryError) return undefined;
    throw error;
  }
}

/** A way and what it took beside the usual one, if it was faster both at its best and mostly. */
function comparedAlone(way: string, times: readonly (readonly number[])[]): MeasuredWay {
  const [usualSeconds = NaN, seconds = NaN] = leastOf(times);
  const ratios = times.map(([usual = NaN, other = NaN]) => usual / other);
  const gain = Math.min(usualSeconds / seconds, medianOf(ratios));
  return seconds > 0 && gain >= leastGain
    ? { way, seconds, usualSeconds }
    : { way: usualWay, seconds: usualSeconds, usualSeconds };
}

/** Two results of as many roundings each may differ by twice what one of them may err. */
function agrees(got: Float32Array, wanted: ArrayLike<number>, roundings: number): boolean {
  const { nmse, firstMismatch }: Accuracy = measureAccuracy(got, wanted);
  return firstMismatch < 0 && nmse <= 2 * tolerance(roundings, unitRoundoff.f32);
}

/** What a candidate gives; nothing where the device, or our own checks, refuse it. */
async function unlessWrong<T>(candidate: () => Promise<T>): Promise<T | undefined> {
  try {
    return await candidate();
  } catch (error) {
    if (error instanceof DeviceLostError || error instanceof OutOfMemoryError) throw error;
    return undefined;
  }
}

/** The application in a plan of its own; with the operands of that by the usual way, if it is another. */
async function recordAlone(
  device: Device,
  { op, inputs, attrs }: Application,
  other?: { readonly way: string; readonly usual: Plan },
) {
  const plan = await buildPlan(
    device,
    recordApplications((r) => {
      // One tensor may be several operands.
      const made = new Map<Operand, Operand>();
      const stands = (name: string, operand: Operand): Operand => {
        if (operand.kind === "packed") return operand;
        const known = made.get(operand) ?? other?.usual.inputs.get(name) ??
          r.input(name, operand.shape);
        made.set(operand, known);
        return known;
      };
      return r.apply(
        op,
        Object.fromEntries(
          presentInputs(inputs).map(([name, operand]) => [name, stands(name, operand)]),
        ),
        attrs,
      );
    }),
    {},
    () => other?.way,
  );
  const rng = new Rng(1);
  for (const [name, tensor] of plan.inputs) plan.write(name, madeUp(tensor, rng));
  return plan;
}

function madeUp({ shape }: AnyTensor, rng: Rng): Float32Array<ArrayBuffer> {
  const data = new Float32Array(shape.reduce((a, b) => a * b, 1));
  for (let i = 0; i < data.length; i++) data[i] = rng.normal();
  return data;
}

async function readAll(device: Device, plan: Plan): Promise<Float32Array[]> {
  return (await device.read(plan.outputs as readonly AnyTensor[])) as Float32Array[];
}
