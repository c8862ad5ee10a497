/** A tensor's layout in its storage, counted in elements. */
export interface StridedLayout {
  readonly offset: number;
  readonly shape: readonly number[];
  /** The distance to the next entry along each axis. */
  readonly stride: readonly number[];
}

/** The number of elements. Not exact beyond 2^53, but then larger than every file. */
export function countOf({ shape }: StridedLayout): number {
  return shape.includes(0) ? 0 : shape.reduce((product, size) => product * size, 1);
}

/** The number of storage elements from the tensor's first to its last, inclusive. */
export function spanOf(layout: StridedLayout): number {
  if (countOf(layout) === 0) return 0;
  return layout.shape.reduce((span, size, axis) => span + (size - 1) * strideAt(layout, axis), 1);
}

/** Whether the elements are contiguous in row-major order. */
export function isContiguous(layout: StridedLayout): boolean {
  let next = 1;
  return layout.shape.toReversed().every((size, i) => {
    const fits = size === 1 || strideAt(layout, layout.shape.length - 1 - i) === next;
    next *= size;
    return fits;
  });
}

/** Some entries of the first axis. */
export function rowsOf(layout: StridedLayout, first: number, count: number): StridedLayout {
  const { offset, shape, stride } = layout;
  // A lone number has no axis: it is one row, or none.
  if (shape.length === 0) return count === 1 ? layout : { offset, shape: [0], stride: [1] };
  return {
    offset: offset + first * strideAt(layout, 0),
    shape: [count, ...shape.slice(1)],
    stride,
  };
}

/** A tensor's elements in row-major order, out of its span of the storage. */
export function gather(
  span: Uint8Array<ArrayBuffer>,
  layout: StridedLayout,
  bytesPerElement: 1 | 2 | 4 | 8,
): Uint8Array<ArrayBuffer> {
  if (bytesPerElement === 8) return gather(span, asHalves(layout), 4);
  const Words = ({ 1: Uint8Array, 2: Uint16Array, 4: Uint32Array } as const)[bytesPerElement];
  const { buffer, byteOffset } = span.byteOffset % bytesPerElement === 0 ? span : span.slice();
  const from = new Words(buffer, byteOffset, span.length / bytesPerElement);
  const to = new Words(countOf(layout));
  const place = layout.shape.map(() => 0);
  let at = 0;
  for (let i = 0; i < to.length; i++) {
    to[i] = from[at] as number;
    // Advance the index, last axis first, carrying over to the axis before it.
    for (let axis = place.length - 1; axis >= 0; axis--) {
      const stride = strideAt(layout, axis), next = (place[axis] ?? 0) + 1;
      at += stride;
      place[axis] = next;
      if (next < (layout.shape[axis] ?? 0)) break;
      at -= next * stride;
      place[axis] = 0;
    }
  }
  return new Uint8Array(to.buffer);
}

/** Copies 8-byte elements as two 4-byte ones, because 64-bit integers don't fit in numbers. */
function asHalves({ offset, shape, stride }: StridedLayout): StridedLayout {
  return { offset: 2 * offset, shape: [...shape, 2], stride: [...stride.map((s) => 2 * s), 1] };
}

function strideAt({ stride }: StridedLayout, axis: number): number {
  return stride[axis] ?? 0;
}
