/** Numbers that the publisher of a model has in its own tests. */
export interface PublishedNumbers {
  /** The model's name here. */
  readonly model: string;
  /** The picture's address. */
  readonly picture: string;
  readonly width: number;
  readonly height: number;
  readonly texts: readonly string[];
  /** The picture's logit for each text: the cosine times the model's scale. */
  readonly logits: readonly number[];
  /** Where the numbers are from. */
  readonly source: string;
}

/** What is published of the models that have a name here. */
export const publishedNumbers: readonly PublishedNumbers[] = [
  {
    model: "vit-b-32",
    picture: "http://images.cocodataset.org/val2017/000000039769.jpg",
    width: 640,
    height: 480,
    texts: ["a photo of a cat", "a photo of a dog"],
    logits: [24.5701, 19.3049],
    source: "Hugging Face's tests of CLIP",
  },
];

/**
 * How far a logit may be from the published one. Decoders of JPEG differ by a step of a colour here and
 * there, which moves logits by some hundredths; weights that are read wrongly move them by whole ones.
 */
export const logitTolerance = 0.1;

/** Compares logits with the published ones: a line for each, and whether all agree. */
export function compareLogits(
  { texts, logits: published }: PublishedNumbers,
  logits: readonly number[],
): { readonly lines: string[]; readonly agree: boolean } {
  let agree = true;
  const lines = texts.map((text, i) => {
    const wanted = published[i] ?? NaN, got = logits[i] ?? NaN;
    const close = Math.abs(got - wanted) <= logitTolerance;
    agree &&= close;
    return `${text}: ${got.toFixed(4)}, published ${wanted.toFixed(4)}${close ? "" : ", TOO FAR"}`;
  });
  return { lines, agree };
}
