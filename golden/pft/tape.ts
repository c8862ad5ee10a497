/** Maps `[N, C, H, W]` and their gradient, which only grows while a tape is played back. */
export interface Maps {
  readonly shape: readonly [count: number, channels: number, height: number, width: number];
  readonly values: Float64Array;
  readonly gradient: Float64Array;
}

/** Makes maps of a shape, zeros if there are no values. */
export function mapsOf(shape: Maps["shape"], values?: Float64Array): Maps {
  const size = shape.reduce((product, of) => product * of, 1);
  return { shape, values: values ?? new Float64Array(size), gradient: new Float64Array(size) };
}

/** What a network computed, to be gone through backwards for the gradients of its parameters. */
export class Tape {
  readonly gradients = new Map<string, Float64Array>();
  readonly #backwards: (() => void)[] = [];

  /** Keeps how the gradient passes a step. */
  keep(backward: () => void): void {
    this.#backwards.push(backward);
  }

  /** The gradient of a parameter, zeros at first. */
  gradientOf(name: string, size: number): Float64Array {
    const found = this.gradients.get(name) ?? new Float64Array(size);
    this.gradients.set(name, found);
    return found;
  }

  /** Computes all gradients from those that the last maps have. */
  playBack(): void {
    for (const backward of this.#backwards.toReversed()) backward();
  }
}
