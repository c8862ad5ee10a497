/**
 * Stands in for `onnxruntime-node`: it decodes the model that it gets and runs it in float64, in plain
 * loops.
 *
 * @module
 */
import { asked } from "./fault.ts";
import { countLive } from "./live.ts";
import { type OnnxModel, type OnnxTensor, readOnnx } from "./read_onnx.ts";
import { runOnnx } from "./run_onnx.ts";

const sessions = countLive("sessions");

class Tensor {
  constructor(
    readonly type: "float32",
    readonly data: Float32Array,
    readonly dims: readonly number[],
  ) {}
}

/** What is not the right answer to anything. */
function ones(shape: readonly number[]): OnnxTensor {
  return { shape, data: new Float64Array(shape.reduce((size, n) => size * n, 1)).fill(1) };
}

class InferenceSession {
  readonly inputNames: readonly string[];
  readonly outputNames: readonly string[];
  readonly #model: OnnxModel;
  /** Of the first run: what it is given never changes. */
  #outputs: Record<string, Tensor> | undefined;

  private constructor(model: OnnxModel) {
    this.#model = model;
    this.inputNames = [...model.inputs.keys()];
    this.outputNames = [...model.outputs.keys()];
    sessions.made();
  }

  static create(
    bytes: Uint8Array<ArrayBuffer>,
    { intraOpNumThreads }: { readonly intraOpNumThreads: number },
  ): Promise<InferenceSession> {
    console.error(`stand-in: a session of ${intraOpNumThreads} threads`);
    return Promise.resolve(new InferenceSession(readOnnx(bytes)));
  }

  run(inputs: Readonly<Record<string, Tensor>>): Promise<Record<string, Tensor>> {
    return Promise.resolve(this.#outputs ??= this.#compute(inputs));
  }

  #compute(inputs: Readonly<Record<string, Tensor>>): Record<string, Tensor> {
    const given = Object.entries(inputs).map(([name, { data, dims }]) =>
      [name, { shape: dims, data: Float64Array.from(data) }] as const
    );
    const found = asked("wrong")
      ? new Map([...this.#model.outputs].map(([name, shape]) => [name, ones(shape)]))
      : runOnnx(this.#model, new Map(given));
    return Object.fromEntries(
      [...found].map(([name, { shape, data }]) => [
        name,
        new Tensor("float32", Float32Array.from(data), shape),
      ]),
    );
  }

  release(): Promise<void> {
    sessions.gone();
    return Promise.resolve();
  }
}

// As CommonJS packages come.
export default { InferenceSession, Tensor };
