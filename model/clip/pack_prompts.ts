/** Prompts laid one after the other, without padding, and what they all begin with only once. */
export interface PromptLayout {
  /** Rows at the beginning that belong to all prompts. */
  readonly shared: number;
  /** `[T]`: the token of each row; prompt after prompt. */
  readonly ids: Uint32Array<ArrayBuffer>;
  /** `[T]`: its position in its own prompt. */
  readonly positions: Uint32Array<ArrayBuffer>;
  /** `[T, 2]`: the rows that each row sees besides the shared ones: from, and to. */
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

/**
 * How many tokens all prompts have in common at their beginning, the start token at least: each
 * position sees only those before it, so these come out the same for all. What is read of a prompt
 * stays its own.
 */
export function sharedTokens(prompts: readonly (readonly number[])[]): number {
  const [first = []] = prompts;
  const most = Math.min(...prompts.map(readPosition));
  let count = 0;
  while (count < most && prompts.every((prompt) => prompt[count] === first[count])) count++;
  return count;
}

/** How many rows prompts take: what comes after the position that is read counts for nothing. */
export function countRows(prompts: readonly (readonly number[])[], shared: number): number {
  return prompts.reduce((sum, prompt) => sum + readPosition(prompt) + 1 - shared, shared);
}

/**
 * Lays out prompts for `rows` rows and `reads` results: as many as they take or more, so that one plan
 * serves prompts of many lengths. Rows that are left over see only themselves.
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
