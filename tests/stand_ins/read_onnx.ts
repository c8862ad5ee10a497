/** A tensor of a model, or of what is given to it. */
export interface OnnxTensor {
  readonly shape: readonly number[];
  readonly data: Float64Array<ArrayBuffer>;
}

/** A node with its attributes: whole numbers, lists of them, floats. */
export interface OnnxNode {
  readonly type: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: Readonly<Record<string, number | readonly number[]>>;
}

/** A model in the ONNX format, as far as the benchmark writes it. */
export interface OnnxModel {
  readonly irVersion: number;
  readonly operatorSet: number;
  readonly nodes: readonly OnnxNode[];
  readonly constants: ReadonlyMap<string, OnnxTensor>;
  readonly inputs: ReadonlyMap<string, readonly number[]>;
  readonly outputs: ReadonlyMap<string, readonly number[]>;
}

/** A message's fields by their numbers: bytes, or whole numbers. */
type Fields = ReadonlyMap<number, readonly (Uint8Array<ArrayBuffer> | bigint)[]>;

/** Reads the fields of a protocol buffer's message; throws where it is none. */
function readFields(bytes: Uint8Array<ArrayBuffer>): Fields {
  const fields = new Map<number, (Uint8Array<ArrayBuffer> | bigint)[]>();
  let at = 0;
  const varint = () => {
    let value = 0n, shift = 0n;
    for (;;) {
      const byte = bytes[at++];
      if (byte === undefined) throw new RangeError("a number goes on beyond the end");
      value |= BigInt(byte & 127) << shift;
      if (byte < 128) return value;
      shift += 7n;
    }
  };
  const take = (length: number) => {
    if (at + length > bytes.length) throw new RangeError("a field goes on beyond the end");
    at += length;
    return bytes.slice(at - length, at);
  };
  while (at < bytes.length) {
    const key = Number(varint()), kind = key & 7, field = key >> 3;
    const values = fields.get(field) ?? [];
    fields.set(field, values);
    if (kind === 0) values.push(varint());
    else if (kind === 2) values.push(take(Number(varint())));
    else if (kind === 5) values.push(take(4));
    else throw new RangeError(`field ${field} is of kind ${kind}`);
  }
  return fields;
}

const parts = (fields: Fields, field: number) =>
  (fields.get(field) ?? []) as Uint8Array<ArrayBuffer>[];
const messages = (fields: Fields, field: number) => parts(fields, field).map(readFields);
const texts = (fields: Fields, field: number) =>
  parts(fields, field).map((bytes) => new TextDecoder().decode(bytes));
const wholes = (fields: Fields, field: number) =>
  ((fields.get(field) ?? []) as bigint[]).map((value) => Number(BigInt.asIntN(64, value)));

function readAttribute(fields: Fields): number | readonly number[] {
  const [kind] = wholes(fields, 20), [four] = parts(fields, 2);
  if (kind === 1 && four) return new DataView(four.buffer).getFloat32(0, true);
  if (kind === 2) return wholes(fields, 3)[0] ?? NaN;
  if (kind === 7) return wholes(fields, 8);
  throw new RangeError(`an attribute is of kind ${kind}`);
}

function readTensor(fields: Fields): OnnxTensor {
  const [type] = wholes(fields, 2), [raw = new Uint8Array()] = parts(fields, 9);
  const numbers = type === 1
    ? Float64Array.from(new Float32Array(raw.buffer))
    : Float64Array.from(new BigInt64Array(raw.buffer), Number);
  return { shape: wholes(fields, 1), data: numbers };
}

/** The sizes of a graph's inputs or outputs, by their names: all are of float32. */
function readValues(graph: Fields, field: number): Map<string, readonly number[]> {
  return new Map(
    messages(graph, field).map((value) => {
      const [tensor] = messages(messages(value, 2)[0] as Fields, 1) as [Fields];
      if (wholes(tensor, 1)[0] !== 1) throw new RangeError("a value is not of float32");
      const sizes = messages(messages(tensor, 2)[0] as Fields, 1);
      return [texts(value, 1)[0] ?? "", sizes.map((size) => wholes(size, 1)[0] ?? NaN)];
    }),
  );
}

/** Reads a model. */
export function readOnnx(bytes: Uint8Array<ArrayBuffer>): OnnxModel {
  const model = readFields(bytes), [graph] = messages(model, 7) as [Fields];
  const [operators] = messages(model, 8) as [Fields];
  return {
    irVersion: wholes(model, 1)[0] ?? NaN,
    operatorSet: wholes(operators, 2)[0] ?? NaN,
    nodes: messages(graph, 1).map((node) => ({
      type: texts(node, 4)[0] ?? "",
      inputs: texts(node, 1),
      outputs: texts(node, 2),
      attributes: Object.fromEntries(
        messages(node, 5).map((own) => [texts(own, 1)[0] ?? "", readAttribute(own)]),
      ),
    })),
    constants: new Map(
      messages(graph, 5).map((tensor) => [texts(tensor, 8)[0] ?? "", readTensor(tensor)]),
    ),
    inputs: readValues(graph, 11),
    outputs: readValues(graph, 12),
  };
}
