/** Adam on the host, in float64: beta 0.9 and 0.999, bias-corrected, epsilon outside the root, no decay. */
export class Adam {
  readonly #rate: number;
  readonly #moments: { readonly first: Float64Array; readonly second: Float64Array }[];
  #steps = 0;

  constructor(parameters: readonly Float64Array[], rate: number) {
    this.#rate = rate;
    this.#moments = parameters.map(({ length }) => ({
      first: new Float64Array(length),
      second: new Float64Array(length),
    }));
  }

  /** Changes the parameters in place. */
  step(parameters: readonly Float64Array[], gradients: readonly Float64Array[]): void {
    this.#steps++;
    const firstCorrection = 1 - 0.9 ** this.#steps, secondCorrection = 1 - 0.999 ** this.#steps;
    for (const [p, { first, second }] of this.#moments.entries()) {
      const parameter = parameters[p] as Float64Array, gradient = gradients[p] as Float64Array;
      for (const [i, slope] of gradient.entries()) {
        const m = first[i] = 0.9 * (first[i] as number) + 0.1 * slope;
        const v = second[i] = 0.999 * (second[i] as number) + (1 - 0.999) * slope ** 2;
        parameter[i] = (parameter[i] as number) -
          this.#rate * (m / firstCorrection) / (Math.sqrt(v / secondCorrection) + 1e-8);
      }
    }
  }
}
