import { styleText } from "node:util";

/** How far two tensors may be apart: by norms, and number by number. */
export interface Tolerance {
  readonly relative: number;
  readonly absolute: number;
}

/** What must be equal to the last bit. */
export const exact: Tolerance = { relative: 0, absolute: 0 };

/** Collects comparisons in the order of the computation and prints them. */
export class GoldenReport {
  readonly #print: (line: string) => void;
  readonly #quiet: boolean;
  #compared = 0;
  #firstFailed: string | undefined;
  #failed = 0;

  /** Leave out the rows that pass. */
  constructor(print: (line: string) => void, quiet = false) {
    this.#print = print;
    this.#quiet = quiet;
  }

  get failed(): number {
    return this.#failed;
  }

  /** Compares numbers: first the relative distance in the Frobenius norm, then the largest one. */
  compare(
    name: string,
    got: ArrayLike<number>,
    wanted: ArrayLike<number>,
    tolerance: Tolerance,
  ): void {
    if (got.length !== wanted.length) {
      this.#row(name, false, `got ${got.length} numbers: wanted ${wanted.length}`);
      return;
    }
    let errors = 0, norm = 0, largest = 0, at = 0;
    for (let i = 0; i < wanted.length; i++) {
      const a = got[i] as number, b = wanted[i] as number;
      // NaN in one and not in the other counts as infinitely far apart.
      const error = Object.is(a, b) ? 0 : Number.isNaN(a - b) ? Infinity : Math.abs(a - b);
      errors += error ** 2;
      norm += b ** 2;
      if (error > largest) [largest, at] = [error, i];
    }
    const relative = errors === 0 ? 0 : Math.sqrt(errors / norm);
    const ok = relative <= tolerance.relative && largest <= tolerance.absolute;
    this.#row(
      name,
      ok,
      tolerance.absolute === 0
        ? ok ? `equal, ${wanted.length} numbers` : `got ${got[at]} at ${at}: wanted ${wanted[at]}`
        : `relative ${relative.toExponential(1)} of ${tolerance.relative.toExponential(1)}, ` +
          `largest ${largest.toExponential(1)} of ${tolerance.absolute.toExponential(1)}`,
    );
  }

  /** Compares other values, which must be equal. */
  equal(name: string, got: unknown, wanted: unknown): void {
    const [a, b] = [got, wanted].map((value) => JSON.stringify(value));
    this.#row(name, a === b, a === b ? "equal" : `got ${short(a)}: wanted ${short(b)}`);
  }

  /** Reports a part of the set that could not be compared. */
  fail(name: string, error: Error): void {
    this.#row(name, false, `cannot be compared: ${error.message}`);
  }

  /** How many rows were compared. */
  get compared(): number {
    return this.#compared;
  }

  /** Reports rows that are not compared, and why. */
  leaveOut(names: readonly string[], why: string): void {
    if (names.length > 0) {
      this.#print(
        `${styleText("yellow", "left")}  ${names.length} rows, ${why}: ${names.join(", ")}`,
      );
    }
  }

  /** Prints the closing lines. */
  close(): void {
    if (this.#firstFailed !== undefined) this.#print(`first divergent: ${this.#firstFailed}`);
    this.#print(`golden: ${this.#compared} compared, ${this.#failed} failed`);
  }

  #row(name: string, ok: boolean, figures: string): void {
    this.#compared++;
    if (!ok) {
      this.#failed++;
      this.#firstFailed ??= name;
    }
    if (ok && this.#quiet) return;
    const mark = ok ? styleText("green", "ok  ") : styleText("red", "FAIL");
    this.#print(`${mark}  ${name}  ${figures}`);
  }
}

function short(text: string | undefined): string {
  return text === undefined || text.length <= 200 ? `${text}` : `${text.slice(0, 200)}…`;
}
