/** Probabilities of logits. */
export function softmax(logits: ArrayLike<number>): Float32Array<ArrayBuffer> {
  const most = Math.max(...Array.from(logits));
  const powers = Array.from(logits, (x) => Math.exp(x - most));
  const sum = powers.reduce((a, b) => a + b, 0);
  return Float32Array.from(powers, (power) => power / sum);
}

/** The entropy of probabilities, in nats. */
export function entropyOf(probabilities: ArrayLike<number>): number {
  return -Array.from(probabilities).reduce((sum, p) => sum + (p > 0 ? p * Math.log(p) : 0), 0);
}
