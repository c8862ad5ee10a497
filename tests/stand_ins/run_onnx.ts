import { byRow, layerNorm, product, softmax } from "./plain_math.ts";
import type { OnnxModel, OnnxNode, OnnxTensor } from "./read_onnx.ts";

const size = (shape: readonly number[]) => shape.reduce((total, n) => total * n, 1);

/** How far apart neighbours along each axis lie. */
const stridesOf = (shape: readonly number[]) => shape.map((_, axis) => size(shape.slice(axis + 1)));

/** Elements of a tensor in another order: as far apart in it along each axis as the strides say. */
function view(
  { data }: OnnxTensor,
  shape: readonly number[],
  strides: readonly number[],
  offset = 0,
): OnnxTensor {
  const place = shape.map(() => 0), seen = new Float64Array(size(shape));
  let from = offset;
  for (let i = 0; i < seen.length; i++) {
    seen[i] = data[from] ?? NaN;
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      const [next, stride] = [(place[axis] ?? 0) + 1, strides[axis] ?? NaN];
      from += stride;
      place[axis] = next;
      if (next < (shape[axis] ?? 1)) break;
      from -= next * stride;
      place[axis] = 0;
    }
  }
  return { shape, data: seen };
}

/** The second is as large as the first, or as its last axes. */
function elementwise(
  a: OnnxTensor,
  b: OnnxTensor,
  combine: (x: number, y: number) => number,
): OnnxTensor {
  if (`${a.shape.slice(a.shape.length - b.shape.length)}` !== `${b.shape}`) {
    throw new RangeError(`[${a.shape}] and [${b.shape}]`);
  }
  const period = b.data.length;
  return { ...a, data: a.data.map((x, i) => combine(x, b.data[i % period] ?? NaN)) };
}

function matMul(a: OnnxTensor, b: OnnxTensor): OnnxTensor {
  const [m = NaN, k = NaN] = a.shape.slice(-2), [rows = NaN, n = NaN] = b.shape.slice(-2);
  if (k !== rows) throw new RangeError(`MatMul of [${a.shape}] and [${b.shape}]`);
  const front = a.shape.slice(0, -2), data = new Float64Array(size(front) * m * n);
  for (let i = 0; i < size(front); i++) {
    const right = b.shape.length > 2 ? b.data.subarray(i * k * n, (i + 1) * k * n) : b.data;
    data.set(product(a.data.subarray(i * m * k, (i + 1) * m * k), right, { m, k, n }), i * m * n);
  }
  return { shape: [...front, m, n], data };
}

/** A convolution whose patches lie side by side. */
function conv(x: OnnxTensor, kernel: OnnxTensor, { attributes }: OnnxNode): OnnxTensor {
  const [batch = NaN, channels = NaN, height = NaN, width = NaN] = x.shape;
  const [outputs = NaN, , patch = NaN] = kernel.shape, k = channels * patch * patch;
  if (`${attributes.strides}` !== `${[patch, patch]}`) throw new RangeError("Conv with a stride");
  const [rows, columns] = [height / patch, width / patch], n = rows * columns;
  const image = height * width;
  const data = new Float64Array(batch * outputs * n);
  for (let b = 0; b < batch; b++) {
    // [channels, patch, patch, rows, columns]: what a product with the kernel wants.
    const shape = [channels, patch, patch, rows, columns];
    const strides = [image, width, 1, width * patch, patch];
    const patches = view(x, shape, strides, b * channels * image);
    data.set(product(kernel.data, patches.data, { m: outputs, k, n }), b * outputs * n);
  }
  return { shape: [batch, outputs, rows, columns], data };
}

/** Slices along an axis, one after the other, out of one tensor or several. */
function joined(
  shape: readonly number[],
  axis: number,
  slices: readonly { readonly of: OnnxTensor; readonly first: number; readonly count: number }[],
): OnnxTensor {
  const inner = size(shape.slice(axis + 1)), data = new Float64Array(size(shape));
  let at = 0;
  for (let outer = 0; outer < size(shape.slice(0, axis)); outer++) {
    for (const { of, first, count } of slices) {
      const from = (outer * (of.shape[axis] ?? NaN) + first) * inner;
      data.set(of.data.subarray(from, from + count * inner), at);
      at += count * inner;
    }
  }
  return { shape, data };
}

function gather(x: OnnxTensor, indices: OnnxTensor, axis: number): OnnxTensor {
  const slices = [...indices.data].map((first) => ({ of: x, first, count: 1 }));
  return joined(x.shape.with(axis, slices.length), axis, slices);
}

function split(x: OnnxTensor, sizes: OnnxTensor, axis: number): OnnxTensor[] {
  let next = 0;
  return [...sizes.data].map((count) => {
    const first = next;
    next += count;
    return joined(x.shape.with(axis, count), axis, [{ of: x, first, count }]);
  });
}

function concat(parts: readonly OnnxTensor[], axis: number): OnnxTensor {
  const slices = parts.map((of) => ({ of, first: 0, count: of.shape[axis] ?? NaN }));
  const all = slices.reduce((sum, { count }) => sum + count, 0);
  return joined((parts[0] as OnnxTensor).shape.with(axis, all), axis, slices);
}

/** Repeated along axes that have one element, and along those in front. */
function expand(x: OnnxTensor, wanted: OnnxTensor): OnnxTensor {
  const shape = [...wanted.data], front = shape.length - x.shape.length;
  const own = stridesOf(x.shape);
  return view(
    x,
    shape,
    shape.map((_, axis) => {
      const length = x.shape[axis - front] ?? 1;
      return length === 1 ? 0 : own[axis - front] ?? 0;
    }),
  );
}

function reshape({ shape, data }: OnnxTensor, wanted: OnnxTensor): OnnxTensor {
  if (size([...wanted.data]) !== data.length) throw new RangeError(`[${shape}] as ${wanted.data}`);
  return { shape: [...wanted.data], data };
}

function transpose(x: OnnxTensor, order: readonly number[]): OnnxTensor {
  const strides = stridesOf(x.shape);
  const by = (numbers: readonly number[]) => order.map((axis) => numbers[axis] ?? NaN);
  return view(x, by(x.shape), by(strides));
}

/** What a node makes of its inputs. */
function runNode(node: OnnxNode, inputs: readonly OnnxTensor[]): OnnxTensor[] {
  const [x, y, z] = inputs as [OnnxTensor, OnnxTensor, OnnxTensor], { attributes } = node;
  const axis = attributes.axis as number, last = x.shape.at(-1) ?? 1;
  switch (node.type) {
    case "Add":
      return [elementwise(x, y, (a, b) => a + b)];
    case "Mul":
      return [elementwise(x, y, (a, b) => a * b)];
    case "Sigmoid":
      return [{ ...x, data: x.data.map((v) => 1 / (1 + Math.exp(-v))) }];
    case "Softmax":
      if (axis !== -1) throw new RangeError(`Softmax along ${axis}`);
      return [{ ...x, data: byRow(x.data, last, softmax) }];
    case "LayerNormalization":
      if (axis !== -1) throw new RangeError(`LayerNormalization along ${axis}`);
      return [{ ...x, data: layerNorm(x.data, y.data, z.data, attributes.epsilon as number) }];
    case "MatMul":
      return [matMul(x, y)];
    case "Conv":
      return [conv(x, y, node)];
    case "Reshape":
      return [reshape(x, y)];
    case "Transpose":
      return [transpose(x, attributes.perm as readonly number[])];
    case "Expand":
      return [expand(x, y)];
    case "Gather":
      return [gather(x, y, axis)];
    case "Split":
      return split(x, y, axis);
    case "Concat":
      return [concat(inputs, axis)];
    default:
      throw new RangeError(`no operator ${node.type}`);
  }
}

/** Runs a model in float64, node by node; throws where shapes don't fit or are not as declared. */
export function runOnnx(
  model: OnnxModel,
  given: ReadonlyMap<string, OnnxTensor>,
): Map<string, OnnxTensor> {
  const known = new Map([...model.constants, ...given]);
  for (const [name, shape] of model.inputs) {
    if (`${known.get(name)?.shape}` !== `${shape}`) {
      throw new RangeError(`input ${name}: [${shape}]`);
    }
  }
  for (const node of model.nodes) {
    const inputs = node.inputs.map((name) => {
      const tensor = known.get(name);
      if (!tensor) throw new RangeError(`${node.type} before its input ${name}`);
      return tensor;
    });
    const made = runNode(node, inputs);
    for (const [i, name] of node.outputs.entries()) known.set(name, made[i] as OnnxTensor);
  }
  return new Map([...model.outputs].map(([name, shape]) => {
    const tensor = known.get(name);
    if (`${tensor?.shape}` !== `${shape}`) throw new RangeError(`output ${name}: ${tensor?.shape}`);
    return [name, tensor as OnnxTensor];
  }));
}
