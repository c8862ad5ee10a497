/** Prompts packed one after the other without padding, with their common prefix only once. */
export interface PromptLayout {
  /** The number of rows of the common prefix. */
  readonly shared: number;
  /** `[T]`: the token of each row; prompt after prompt. */
  readonly ids: Uint32Array<ArrayBuffer>;
  /** `[T]`: its position in its own prompt. */
  readonly positions: Uint32Array<ArrayBuffer>;
  /** `[T, 2]`: the range of rows that each row attends to besides the shared ones. */
  readonly ranges: Uint32Array<ArrayBuffer>;
  /** `[N]`: the row that each prompt is read at. */
  readonly read: Uint32Array<ArrayBuffer>;
  /** `[N, 2]`: the ranges that these rows attend to. */
  readonly readRanges: Uint32Array<ArrayBuffer>;
}

/**
 * The position that a prompt is read at: its first end token, which has the largest id. Attention is
 * causal, so later positions can't affect it.
 */
export function readPosition(prompt: readonly number[]): number {
  return prompt.indexOf(prompt.reduce((a, b) => Math.max(a, b), -1));
}

/**
 * The length of the prompts' common prefix, at least the start token. Attention is causal, so the
 * prefix has the same values in all prompts. The row that is read is never shared.
 */
export function sharedTokens(prompts: readonly (readonly number[])[]): number {
  const [first = []] = prompts;
  const most = Math.min(...prompts.map(readPosition));
  let count = 0;
  while (count < most && prompts.every((prompt) => prompt[count] === first[count])) count++;
  return count;
}

/** The number of rows of prompts; what follows the read position is left out. */
export function countRows(prompts: readonly (readonly number[])[], shared: number): number {
  return prompts.reduce((sum, prompt) => sum + readPosition(prompt) + 1 - shared, shared);
}

/**
 * Lays out prompts in `rows` rows with `reads` results, which may be more than needed, so that one plan
 * serves prompts of many lengths. Spare rows attend only to themselves.
 */
export function packPrompts(
  prompts: readonly (readonly number[])[],
  shared: number,
  rows: number,
  reads: number,
): PromptLayout {
  const layout = {
    shared,
    ids: new Uint32Array(rows),
    positions: new Uint32Array(rows),
    ranges: Uint32Array.from({ length: 2 * rows }, (_, i) => (i >> 1) + (i & 1)),
    read: new Uint32Array(reads),
    readRanges: Uint32Array.from({ length: 2 * reads }, (_, i) => i & 1),
  };
  let start = 0;
  const lay = (tokens: readonly number[], position: number) => {
    for (const [t, id] of tokens.entries()) {
      layout.ids[start + t] = id;
      layout.positions[start + t] = position + t;
      layout.ranges[2 * (start + t)] = start;
    }
    start += tokens.length;
  };
  lay(prompts[0]?.slice(0, shared) ?? [], 0);
  for (const [n, prompt] of prompts.entries()) {
    const first = start;
    lay(prompt.slice(shared, readPosition(prompt) + 1), shared);
    layout.read[n] = start - 1;
    layout.readRanges.set([first, start], 2 * n);
  }
  return layout;
}
