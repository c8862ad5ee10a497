/** `softmax(sharpness x)`. */
export function softmax(x: ArrayLike<number>, sharpness = 1): number[] {
  const numbers = Array.from(x), most = numbers.reduce((a, b) => Math.max(a, b), -Infinity);
  const powers = numbers.map((value) => Math.exp(sharpness * (value - most)));
  const sum = powers.reduce((a, b) => a + b, 0);
  return powers.map((power) => power / sum);
}

/** The entropy of probabilities, in nats. */
export function entropyOf(probabilities: ArrayLike<number>): number {
  return Array.from(probabilities).reduce((sum, p) => p > 0 ? sum - p * Math.log(p) : sum, 0);
}
