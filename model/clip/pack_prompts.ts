/** Prompts laid one after the other, without padding between them. */
export interface PromptLayout {
  /** `[T]`: the token of each row; prompt after prompt. */
  readonly ids: Uint32Array<ArrayBuffer>;
  /** `[T]`: its position in its own prompt. */
  readonly positions: Uint32Array<ArrayBuffer>;
  /** `[T, 2]`: the rows that each row sees. */
  readonly ranges: Uint32Array<ArrayBuffer>;
  /** `[N]`: the row that is read of each prompt. */
  readonly read: Uint32Array<ArrayBuffer>;
  /** `[N, 2]`: the rows that these see. */
  readonly readRanges: Uint32Array<ArrayBuffer>;
}

/**
 * The position that is read of a prompt: the first of those with the largest id, which is the end
 * token's. Later positions can't reach it, since each sees only those before it.
 */
export function readPosition(prompt: readonly number[]): number {
  return prompt.indexOf(prompt.reduce((a, b) => Math.max(a, b), -1));
}

/** How many rows a prompt takes: what comes after the position that is read counts for nothing. */
export function promptRows(prompt: readonly number[]): number {
  return readPosition(prompt) + 1;
}

/**
 * Lays out prompts for `rows` rows and `reads` results: as many as they take or more, so that one plan
 * serves prompts of many lengths. Rows that are left over see only themselves.
 */
export function packPrompts(
  prompts: readonly (readonly number[])[],
  rows: number,
  reads: number,
): PromptLayout {
  const layout = {
    ids: new Uint32Array(rows),
    positions: new Uint32Array(rows),
    ranges: Uint32Array.from({ length: 2 * rows }, (_, i) => (i >> 1) + (i & 1)),
    read: new Uint32Array(reads),
    readRanges: Uint32Array.from({ length: 2 * reads }, (_, i) => i & 1),
  };
  let start = 0;
  for (const [n, prompt] of prompts.entries()) {
    const count = promptRows(prompt);
    for (let t = 0; t < count; t++) {
      layout.ids[start + t] = prompt[t] ?? 0;
      layout.positions[start + t] = t;
      layout.ranges[2 * (start + t)] = start;
    }
    layout.read[n] = start + count - 1;
    layout.readRanges.set([start, start + count], 2 * n);
    start += count;
  }
  return layout;
}
