/** Sizes of a tensor, outermost first. */
export type Shape = readonly number[];

/** The number of elements of a shape; 1 for a scalar `[]`. */
export function elements(shape: Shape): number {
  return shape.reduce((product, size) => product * size, 1);
}

/** `[4, 77, 512]`, as it stands in messages. */
export function formatShape(shape: Shape): string {
  return `[${shape.join(", ")}]`;
}

/** Whether two shapes are the same, size by size. */
export function sameShape(a: Shape, b: Shape): boolean {
  return a.length === b.length && a.every((size, i) => size === b[i]);
}

/** One size of a shape; negative counts from the end. Throws where the shape has no such axis. */
export function sizeAt(shape: Shape, axis: number): number {
  const size = shape.at(axis);
  if (size === undefined) {
    throw new RangeError(`Cannot take axis ${axis}: the shape is ${formatShape(shape)}`);
  }
  return size;
}

/** Throws unless every size is a whole number of at least 1 and the rank fits. */
export function checkShape(action: string, shape: Shape, rank?: number): void {
  if (!shape.every((size) => Number.isInteger(size) && size >= 1)) {
    throw new RangeError(
      `Cannot ${action}: sizes must be whole numbers of at least 1: got ${formatShape(shape)}`,
    );
  }
  if (rank !== undefined && shape.length !== rank) {
    throw new TypeError(`Cannot ${action}: wanted ${rank} axes: got ${formatShape(shape)}`);
  }
}
