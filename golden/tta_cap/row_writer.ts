import { exact, type GoldenReport, type Tolerance } from "../report.ts";
import { scaledLogits, tolerances } from "./tolerances.ts";

/** Compares values step by step, a row for each field of a case, and names the first step that differs. */
export class RowWriter {
  readonly #report: GoldenReport;
  readonly #prefix: string;

  constructor(report: GoldenReport, prefix: string) {
    this.#report = report;
    this.#prefix = prefix;
  }

  /** Values that must be equal: classes, gates, indices, names. */
  equal(name: string, got: readonly unknown[], wanted: readonly unknown[]): void {
    const row = `${this.#prefix}${name}`;
    if (got.length !== wanted.length) {
      this.#report.equal(`${row}, how many`, got.length, wanted.length);
      return;
    }
    const text = (value: unknown) => JSON.stringify(value);
    const at = wanted.findIndex((value, i) => text(value) !== text(got[i]));
    if (at < 0) this.#report.equal(row, got.length, wanted.length);
    else this.#report.equal(`${row}, step ${at}`, got[at], wanted[at]);
  }

  /** Numbers of each step; their count must be equal. */
  numbers(
    name: string,
    got: readonly (readonly number[])[],
    wanted: readonly (readonly number[])[],
    tolerance: Tolerance,
  ): void {
    const sizes = (rows: readonly (readonly number[])[]) => rows.map(({ length }) => length);
    if (JSON.stringify(sizes(got)) !== JSON.stringify(sizes(wanted))) {
      this.equal(`${name}, how many numbers`, sizes(got), sizes(wanted));
    } else this.#report.compare(`${this.#prefix}${name}`, got.flat(), wanted.flat(), tolerance);
  }

  /** Logits of each step. */
  logits(
    name: string,
    got: readonly (readonly number[])[],
    wanted: readonly (readonly number[])[],
  ): void {
    const scaled = (rows: readonly (readonly number[])[]) =>
      rows.map((row, i) => scaledLogits(row, wanted[i] ?? []));
    this.numbers(name, scaled(got), scaled(wanted), tolerances.logit);
  }

  /** One tensor. */
  tensor(name: string, got: ArrayLike<number>, wanted: ArrayLike<number>, whole = false): void {
    const tolerance = whole ? exact : tolerances.vector;
    this.#report.compare(`${this.#prefix}${name}`, got, wanted, tolerance);
  }

  /** Names in the set that nothing here compares. */
  unknown(names: readonly string[]): void {
    for (const name of names) {
      const error = new TypeError("this version does not know it");
      this.#report.fail(`${this.#prefix}${name}`, error);
    }
  }
}
