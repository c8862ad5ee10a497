/** How frames become the pictures that the image tower sees. */
export interface Preparation {
  /** `face`: the face is found and cut out; `whole`: the picture shows nothing but a face already. */
  readonly crop: "face" | "whole";
  /** What finds the face. */
  readonly detector?: string;
  /** The side of the square that is cut out, in sides of the face's box. */
  readonly margin?: number;
  /** Pixels along a side of the tower's input. */
  readonly size: number;
}

/** Whether something read from a file is a preparation. */
function isPreparation(x: unknown): x is Preparation {
  const { crop, detector, margin, size } = (x ?? {}) as Record<string, unknown>;
  return Number.isSafeInteger(size) &&
    (crop === "whole" || (crop === "face" && typeof detector === "string" &&
      Number.isFinite(margin)));
}

/** Throws if metadata says how pictures were prepared, and not whole. */
export function checkPreparations(preparations: unknown, refuse: (why: string) => Error): void {
  if (preparations && !(Array.isArray(preparations) && preparations.every(isPreparation))) {
    throw refuse("its metadata does not say how pictures were prepared");
  }
}

/** Whether two preparations make the same picture of a frame. */
function same(a: Preparation, b: Preparation): boolean {
  return a.crop === b.crop && a.detector === b.detector && a.margin === b.margin &&
    a.size === b.size;
}

/** A preparation in words. */
export function describePreparation({ crop, detector, margin, size }: Preparation): string {
  const what = crop === "whole"
    ? "whole pictures"
    : `faces that ${detector} finds, cut out at ${margin} times their box`;
  return `${what} (${size} x ${size})`;
}

/**
 * A sentence for whoever uses a head on pictures that are not prepared as those it learned from;
 * nothing where they are, or where the head doesn't say how its own were.
 */
export function preparationMismatch(
  learned: readonly Preparation[] | undefined,
  seen: readonly Preparation[],
): string | undefined {
  const strange = seen.find((one) => learned && !learned.some((other) => same(one, other)));
  return strange && learned
    ? `warning: the head learned from ${
      learned.map(describePreparation).join(" and ")
    }; here it sees ` +
      `${describePreparation(strange)}: it may decide worse`
    : undefined;
}
