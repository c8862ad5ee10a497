/** Items of a piece: larger pieces of text stay in memory for long. */
const itemsAtOnce = 128;

/** Stands for a list in the text around it: no text that is encoded has a control character. */
const mark = /"\\u0001(\d+)"/;

interface LongList {
  readonly length: number;
  readonly itemAt: (i: number) => unknown;
  readonly between: string;
}

/**
 * Encodes JSON with lists that may be long: they are made as they are written, in pieces, and each takes
 * a line, or a line for each item; all else is indented by two spaces.
 */
export class LongLists {
  readonly #lists: LongList[] = [];

  /** A list on one line, to be put into the value that is encoded. */
  line(length: number, itemAt: (i: number) => number | null): string {
    return this.#add({ length, itemAt, between: ", " });
  }

  /** A list with a line for each item. */
  lines(length: number, itemAt: (i: number) => unknown): string {
    return this.#add({ length, itemAt, between: ",\n" });
  }

  #add(list: LongList): string {
    return `\u0001${this.#lists.push(list) - 1}`;
  }

  /** Encodes a value, with the lists at their places. */
  *encode(value: unknown): Generator<string> {
    const parts = JSON.stringify(value, null, 2).split(mark);
    for (const [i, part] of parts.entries()) {
      if (i % 2 === 0) yield part;
      else yield* encodeList(this.#lists[Number(part)] as LongList);
    }
  }
}

function* encodeList({ length, itemAt, between }: LongList): Generator<string> {
  yield "[";
  for (let first = 0; first < length; first += itemsAtOnce) {
    const count = Math.min(itemsAtOnce, length - first);
    const items = Array.from({ length: count }, (_, i) => JSON.stringify(itemAt(first + i)));
    yield (first === 0 ? "" : between) + items.join(between);
  }
  yield "]";
}
