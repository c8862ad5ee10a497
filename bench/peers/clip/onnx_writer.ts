import { elements, type Shape } from "../../../engine/mod.ts";

/** A piece of a protocol buffer. */
type Bytes = Uint8Array<ArrayBuffer>;

/** A node's attribute: a whole number, a list of them, or a float. */
export type Attribute = number | readonly number[] | { readonly float: number };

/**
 * Writes a model in the ONNX format (a protocol buffer), as far as the benchmark needs it: so that
 * another runtime can run the same network on the same weights.
 */
export class OnnxWriter {
  readonly #nodes: Bytes[] = [];
  readonly #initializers: Bytes[] = [];
  readonly #inputs: Bytes[] = [];
  #names = 0;

  /** An input of the graph. */
  input(name: string, shape: Shape): string {
    this.#inputs.push(valueInfo(name, shape));
    return name;
  }

  /** A constant of float32 numbers. */
  floats(name: string, shape: Shape, numbers: Float32Array<ArrayBuffer>): string {
    if (numbers.length !== elements(shape)) {
      throw new TypeError(`Cannot write "${name}": ${numbers.length} numbers for [${shape}]`);
    }
    return this.#initializer(name, shape, 1, numbers);
  }

  /** A constant of whole numbers. */
  integers(numbers: readonly number[]): string {
    const data = BigInt64Array.from(numbers, BigInt);
    return this.#initializer(`integers${this.#names++}`, [numbers.length], 7, data);
  }

  /** A node; gives the names of its outputs. */
  nodes(
    type: string,
    inputs: readonly string[],
    attributes: Readonly<Record<string, Attribute>> = {},
    outputs = 1,
  ): string[] {
    const names = Array.from({ length: outputs }, () => `${type}${this.#names++}`);
    this.#nodes.push(join([
      ...inputs.map((input) => text(1, input)),
      ...names.map((output) => text(2, output)),
      text(4, type),
      ...Object.entries(attributes).map(([name, value]) => nested(5, attribute(name, value))),
    ]));
    return names;
  }

  /** A node with one output; gives its name. */
  node(
    type: string,
    inputs: readonly string[],
    attributes: Readonly<Record<string, Attribute>> = {},
  ): string {
    return this.nodes(type, inputs, attributes)[0] as string;
  }

  /** The whole model. */
  finish(output: string, shape: Shape): Bytes {
    const graph = [
      ...this.#nodes.map((node) => nested(1, node)),
      text(2, "clip"),
      ...this.#initializers.map((tensor) => nested(5, tensor)),
      ...this.#inputs.map((input) => nested(11, input)),
      nested(12, valueInfo(output, shape)),
    ];
    // IR version 8, operator set 17: the first with layer normalisation.
    return join([
      whole(1, 8),
      nested(7, join(graph)),
      nested(8, join([text(1, ""), whole(2, 17)])),
    ]);
  }

  #initializer(
    name: string,
    shape: Shape,
    type: 1 | 7,
    data: Float32Array<ArrayBuffer> | BigInt64Array<ArrayBuffer>,
  ): string {
    this.#initializers.push(join([
      ...shape.map((size) => whole(1, size)),
      whole(2, type),
      text(8, name),
      nested(9, new Uint8Array(data.buffer, data.byteOffset, data.byteLength)),
    ]));
    return name;
  }
}

function valueInfo(name: string, shape: Shape): Bytes {
  const sizes = join(shape.map((size) => nested(1, whole(1, size))));
  return join([text(1, name), nested(2, nested(1, join([whole(1, 1), nested(2, sizes)])))]);
}

function attribute(name: string, value: Attribute): Bytes {
  if (typeof value === "number") return join([text(1, name), whole(3, value), whole(20, 2)]);
  if ("float" in value) {
    const four = new Uint8Array(Float32Array.of(value.float).buffer);
    return join([text(1, name), varint(2 << 3 | 5), four, whole(20, 1)]);
  }
  return join([text(1, name), ...value.map((one) => whole(8, one)), whole(20, 7)]);
}

function whole(field: number, value: number): Bytes {
  return join([varint(field << 3), varint(value)]);
}

function text(field: number, value: string): Bytes {
  return nested(field, new TextEncoder().encode(value));
}

function nested(field: number, bytes: Bytes): Bytes {
  return join([varint(field << 3 | 2), varint(bytes.length), bytes]);
}

/** Seven bits a byte, the lowest first; negative numbers as 64 bits. */
function varint(value: number): Bytes {
  let rest = BigInt.asUintN(64, BigInt(value));
  const bytes: number[] = [];
  do {
    const low = Number(rest & 127n);
    rest >>= 7n;
    bytes.push(rest > 0n ? low | 128 : low);
  } while (rest > 0n);
  return Uint8Array.from(bytes);
}

function join(parts: readonly Bytes[]): Bytes {
  const all = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}
