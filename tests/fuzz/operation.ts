import type { Recorder, Rng, Shape, Tensor } from "../../engine/mod.ts";
import type { Contents } from "./program.ts";

/** What an operation may take its operands from while a program is drawn. */
export interface Draw {
  readonly rng: Rng;
  /** A size of an axis. */
  size(): number;
  /** A value that is there already, or a new input of any shape. */
  any(): string;
  /** A value of this shape: there already, or a new input. */
  like(shape: Shape): string;
  /** A new input. */
  fresh(shape: Shape, contents?: Contents): string;
  shapeOf(name: string): Shape;
}

type Attrs = Readonly<Record<string, unknown>>;

/** An operation as random programs use it. */
export interface Operation {
  /** Chooses operands and settings; nothing where the operation does not fit. */
  draw(draw: Draw): { operands: string[]; attrs?: Attrs } | undefined;
  // deno-lint-ignore no-explicit-any
  record(r: Recorder, operands: readonly any[], attrs: any): Tensor;
}
