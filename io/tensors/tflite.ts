import { Flatbuffer } from "./flatbuffer.ts";
import { FormatError } from "../files/format_error.ts";
import { toFloat32 } from "./stored_type.ts";

/** An operation of a TFLite graph. */
export interface TfliteOperation {
  /** TFLite's number for it: 3 is a convolution, 4 a depthwise one. */
  readonly code: number;
  readonly inputs: readonly number[];
  readonly outputs: readonly number[];
}

/** A TFLite graph with its constants. */
export interface TfliteModel {
  readonly operations: readonly TfliteOperation[];
  /** The shapes of all tensors. */
  readonly shapes: readonly (readonly number[])[];
  /** A constant's values; throws if a tensor has none. */
  constant(tensor: number): Float32Array<ArrayBuffer>;
}

const floats: Readonly<Record<number, "F32" | "F16">> = { 0: "F32", 1: "F16" };
const dequantize = 6;

/** Reads a TFLite file: the first of its graphs, with float constants of 32 or 16 bits. */
export function readTflite(bytes: Uint8Array<ArrayBuffer>, name: string): TfliteModel {
  const refuse = (why: string) => new FormatError(`Cannot read "${name}": ${why}`);
  if (new TextDecoder("latin1").decode(bytes.subarray(4, 8)) !== "TFL3") {
    throw refuse("it is no TFLite model");
  }
  const file = new Flatbuffer(bytes, name), { root } = file;
  const codes = file.tables(root, 1).map((code) => Math.max(file.byte(code, 0), file.int(code, 3)));
  const [graph] = file.tables(root, 2);
  if (graph === undefined) throw refuse("it has no graph");
  const buffers = file.tables(root, 4);
  const tensors = file.tables(graph, 0).map((tensor) => ({
    shape: file.ints(tensor, 0),
    type: file.byte(tensor, 1),
    buffer: file.int(tensor, 2),
  }));
  const operations = file.tables(graph, 3).map((operation): TfliteOperation => ({
    code: codes[file.int(operation, 0)] ?? -1,
    inputs: file.ints(operation, 1),
    outputs: file.ints(operation, 2),
  }));
  // Half-precision constants are the input of a dequantize operation.
  const widened = new Map(
    operations.filter(({ code }) => code === dequantize)
      .map(({ inputs, outputs }) => [outputs[0], inputs[0]]),
  );
  return {
    operations: operations.filter(({ code }) => code !== dequantize),
    shapes: tensors.map(({ shape }) => shape),
    constant(index) {
      const tensor = tensors[widened.get(index) ?? index], type = floats[tensor?.type ?? -1];
      if (!tensor || !type) throw refuse(`tensor ${index} is no constant of 16 or 32 bits`);
      const buffer = buffers[tensor.buffer];
      const data = buffer === undefined ? new Uint8Array(0) : file.bytes(buffer, 0);
      const numbers = toFloat32(type, Uint8Array.from(data));
      if (numbers.length !== tensor.shape.reduce((product, size) => product * size, 1)) {
        throw refuse(`tensor ${index} has ${numbers.length} numbers: wanted [${tensor.shape}]`);
      }
      return numbers;
    },
  };
}
