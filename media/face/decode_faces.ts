/** A point in a picture, in pixels. */
export interface Point {
  /** To the right. */
  readonly x: number;
  /** Downwards. */
  readonly y: number;
}

/** Where a face is in a picture, in pixels. */
export interface FaceBox {
  /** Confidence that this is a face, from 0 to 1. */
  readonly score: number;
  /** Of its box, in pixels. */
  readonly left: number;
  /** Of its box, in pixels. */
  readonly top: number;
  /** Of its box, in pixels. */
  readonly width: number;
  /** Of its box, in pixels. */
  readonly height: number;
}

/** A face in a picture, in pixels. */
export interface Face extends FaceBox {
  /** The person's right eye, left eye, nose, mouth, right ear and left ear. */
  readonly points: readonly Point[];
}

/** The detector's outputs for one picture: `[896]` and `[896, 16]`, the fine grid first. */
export interface RawFaces {
  readonly scores: ArrayLike<number>;
  readonly boxes: ArrayLike<number>;
}

/** Cells along a side of each grid, and boxes per cell. */
const grids = [[16, 2], [8, 6]] as const;

/** The centres of the cells, to which boxes are relative, from 0 to 1. */
const anchors: readonly Point[] = grids.flatMap(([side, boxes]) =>
  Array.from({ length: side * side * boxes }, (_, i) => {
    const field = Math.floor(i / boxes);
    return { x: (field % side + 0.5) / side, y: (Math.floor(field / side) + 0.5) / side };
  })
);

/** Number of boxes per picture. */
export const boxCount = anchors.length;

/** Side of the detector's input: its outputs are in these pixels. */
const size = 128;

/** Minimum confidence of a face. */
const leastScore = 0.5;

/** Minimum overlap (intersection over union) of boxes of one face. */
const sameFace = 0.3;

/** Decodes the faces on the detector's square, from 0 to 1, without duplicates, most confident first. */
export function decodeFaces({ scores, boxes }: RawFaces): Face[] {
  const found = anchors.flatMap((anchor, i): Face[] => {
    const score = 1 / (1 + Math.exp(-Math.max(-100, Math.min(100, scores[i] ?? NaN))));
    if (!(score >= leastScore)) return [];
    const at = (n: number) => (boxes[16 * i + n] ?? NaN) / size;
    const [width, height] = [at(2), at(3)];
    return [{
      score,
      left: anchor.x + at(0) - width / 2,
      top: anchor.y + at(1) - height / 2,
      width,
      height,
      points: Array.from({ length: 6 }, (_, n) => ({
        x: anchor.x + at(4 + 2 * n),
        y: anchor.y + at(5 + 2 * n),
      })),
    }];
  });
  return mergeFaces(found.sort((a, b) => b.score - a.score));
}

/** Merges overlapping boxes into their mean, weighted by confidence. */
function mergeFaces(faces: readonly Face[]): Face[] {
  const merged: Face[] = [];
  let left = faces;
  while (left.length > 0) {
    const [best] = left as [Face];
    const same = left.filter((face) => face === best || overlap(best, face) > sameFace);
    left = left.filter((face) => !same.includes(face));
    const total = same.reduce((sum, { score }) => sum + score, 0);
    const mean = (of: (face: Face) => number) =>
      same.reduce((sum, face) => sum + face.score * of(face), 0) / total;
    merged.push({
      score: best.score,
      left: mean((face) => face.left),
      top: mean((face) => face.top),
      width: mean((face) => face.width),
      height: mean((face) => face.height),
      points: best.points.map((_, n) => ({
        x: mean((face) => face.points[n]?.x ?? NaN),
        y: mean((face) => face.points[n]?.y ?? NaN),
      })),
    });
  }
  return merged;
}

/** Intersection over union of two boxes. */
export function overlap(a: FaceBox, b: FaceBox): number {
  const along = (start: number, length: number, other: number, otherLength: number) =>
    Math.max(0, Math.min(start + length, other + otherLength) - Math.max(start, other));
  const both = along(a.left, a.width, b.left, b.width) * along(a.top, a.height, b.top, b.height);
  return both / (a.width * a.height + b.width * b.height - both);
}
