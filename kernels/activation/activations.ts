/** The activation functions, as the epilogues of matmuls know them too. */
export const activations = ["relu", "quick_gelu", "gelu", "gelu_tanh"] as const;

/** One of `activations`. */
export type Activation = typeof activations[number];
