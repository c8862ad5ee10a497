/** Classes that studies ask for, by a name: words that CLIP's prompt "a person with an expression of …" takes. */
export const classPresets: Readonly<Record<string, readonly string[]>> = {
  pain: ["neutral", "pain"],
  stress: ["calm", "stress"],
  ambivalence: ["certainty", "hesitation and ambivalence"],
  basic: ["neutral", "happiness", "sadness", "surprise", "fear", "disgust", "anger"],
};

/** A line of help for each. */
export const presetHelp: string = Object.entries(classPresets)
  .map(([name, classes]) => `${name} (${classes.join(", ")})`).join("; ");
