/** Which tokens of sentences the authors keep, as sentence and place; or the class of their error. */
export type OfficialTokens = readonly (readonly [sentence: number, place: number])[] | string;

/**
 * Keeps what the authors' code keeps of tokenised sentences: without the first and the last token that the
 * mask lets through, which BERT adds. They look for the mask's first zero, so a sentence that fills it is an
 * error. Only the comparison with their numbers uses this.
 *
 * @param mask A row for each sentence: 1 where there is a token.
 */
export function keepOfficialTokens(mask: readonly (readonly number[])[]): OfficialTokens {
  const kept: (readonly [number, number])[] = [];
  for (const [sentence, row] of mask.entries()) {
    const end = row.indexOf(0);
    if (end < 0) return "ValueError";
    for (let place = 1; place < end - 1; place++) kept.push([sentence, place]);
  }
  return kept;
}

/**
 * Pads a colour of a clip's pixels as the authors do. It passes through signed bytes: bright colours turn
 * negative, and come right only where they are cast back.
 */
export function padOfficialPixels(
  colours: readonly number[],
  pad: (frames: Float32Array) => Float32Array,
): { readonly signed: readonly number[]; readonly castBack: readonly number[] } {
  const signed = [...pad(Float32Array.from(Int8Array.from(colours)))];
  return { signed, castBack: [...Uint8Array.from(signed)] };
}
