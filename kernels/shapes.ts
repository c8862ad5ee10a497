import {
  type DType,
  elements,
  formatShape,
  sameShape,
  type Shape,
  sizeAt,
  type Tensor,
} from "../engine/mod.ts";

/** Tensors of one element type, by their names: `Tensors<"x" | "dy">`, `Tensors<"index", "u32">`. */
export type Tensors<Name extends string, D extends DType = "f32"> = {
  readonly [Key in Name]: Tensor<D>;
};

/** Something with a shape: an operand, or a sketch of one. */
interface Shaped {
  readonly shape: Shape;
}

/** A tensor seen as rows over its last axis. */
export function rowsOf(shape: Shape): { rows: number; width: number } {
  const width = sizeAt(shape, -1);
  return { rows: elements(shape) / width, width };
}

/** A shape cut at one axis: what is outside, along and inside it, and what is left without it. */
export function axisOf(shape: Shape, axis: number) {
  const count = sizeAt(shape, axis);
  const at = axis < 0 ? axis + shape.length : axis;
  const before = shape.slice(0, at), after = shape.slice(at + 1);
  return { outer: elements(before), count, inner: elements(after), rest: [...before, ...after] };
}

/** `x=4x8,b=8`: shapes for labels. */
export function describeShapes(operands: Readonly<Record<string, Shaped>>): string {
  return Object.entries(operands).map(([name, { shape }]) => `${name}=${shape.join("x")}`).join();
}

/** `rows=46,D=512`: the sizes of a row-wise kernel. */
export function describeRows({ shape }: Shaped, letter = "D"): string {
  const { rows, width } = rowsOf(shape);
  return `rows=${rows},${letter}=${width}`;
}

/** `B=4,T=16,D=512`: the sizes of the axes, by their letters. */
export function describeAxes(letters: string, ...operands: readonly Shaped[]): string {
  const sizes = operands.flatMap(({ shape }) => shape);
  return letters.split(" ").map((letter, i) => `${letter}=${sizes[i]}`).join();
}

/** Throws unless each operand has the shape beside it; an operand that was left out has any. */
export function requireShapes(
  op: string,
  wanted: Readonly<Record<string, readonly [Shaped | undefined, Shape]>>,
): void {
  for (const [name, [operand, shape]] of Object.entries(wanted)) {
    if (operand && !sameShape(operand.shape, shape)) {
      throw new TypeError(
        `Cannot record ${op}: ${name} must be ${formatShape(shape)}: ` +
          `got ${formatShape(operand.shape)}`,
      );
    }
  }
}

/** The sizes of an operand that must have such axes: `requireAxes("unfold", { x }, "[B, T, D]")`. */
export function requireAxes(
  op: string,
  operand: Readonly<Record<string, Shaped>>,
  axes: string,
): Shape {
  const [[name, { shape }]] = Object.entries(operand) as [[string, Shaped]];
  if (shape.length !== axes.split(",").length) {
    throw new TypeError(`Cannot record ${op}: ${name} must be ${axes}: got ${formatShape(shape)}`);
  }
  return shape;
}

/** The sizes of images `[B, H, W, channels]`, with so many channels. */
export function requireImages(op: string, { shape }: Shaped, ...channels: readonly number[]) {
  const [images = 0, height = 0, width = 0, found = 0] = shape;
  if (shape.length !== 4 || !channels.includes(found)) {
    const wanted = channels.map((count) => `[B, H, W, ${count}]`).join(" or ");
    throw new TypeError(
      `Cannot record ${op}: x must be ${wanted}: got ${formatShape(shape)}`,
    );
  }
  return { images, height, width, channels: found };
}
