import { importPackage } from "../import_package.ts";

/** As much of onnxruntime-node as is used here. */
interface Runtime {
  readonly Tensor: new (type: "float32", data: Float32Array, shape: readonly number[]) => Value;
  readonly InferenceSession: {
    create(model: Uint8Array, options: object): Promise<Session>;
  };
}
interface Value {
  readonly data: Float32Array;
}
interface Session {
  readonly inputNames: readonly string[];
  readonly outputNames: readonly string[];
  run(inputs: Record<string, Value>): Promise<Record<string, Value>>;
  release(): Promise<void>;
}

/** A model in another runtime, ready to be run. */
export interface LoadedModel extends AsyncDisposable {
  run(): Promise<Float32Array>;
}

/** onnxruntime-node's version that the figures are of. */
export const onnxruntimeVersion = "1.30.0";

/** Loads an ONNX model into onnxruntime-node on the CPU, with so many threads. */
export async function openOnnxruntime(
  model: Uint8Array,
  threads: number,
  input: Float32Array,
  shape: readonly number[],
): Promise<LoadedModel> {
  const specifier = `npm:onnxruntime-node@${onnxruntimeVersion}`;
  const imported = await importPackage("onnxruntime", specifier) as { default?: Runtime } & Runtime;
  const { InferenceSession, Tensor } = imported.default ?? imported;
  const session = await InferenceSession.create(model, {
    intraOpNumThreads: threads,
    interOpNumThreads: 1,
    graphOptimizationLevel: "all",
  });
  const [inputName = "", outputName = ""] = [session.inputNames[0], session.outputNames[0]];
  const feed = { [inputName]: new Tensor("float32", input, shape) };
  return {
    async run() {
      return (await session.run(feed))[outputName]?.data ?? new Float32Array();
    },
    [Symbol.asyncDispose]: () => session.release(),
  };
}
