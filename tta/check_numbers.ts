/** What the numbers of settings may have to be, in the words of messages. */
const kinds = {
  "a whole number from 1 on": (x: number) => Number.isInteger(x) && x >= 1,
  "a whole number from 0 on": (x: number) => Number.isInteger(x) && x >= 0,
  "0 or more": (x: number) => x >= 0 && Number.isFinite(x),
  "one above 0": (x: number) => x > 0 && Number.isFinite(x),
  "one from 0 to 1": (x: number) => x >= 0 && x <= 1,
  "one from 0 to below 1": (x: number) => x >= 0 && x < 1,
  "one between 0 and 1": (x: number) => x > 0 && x < 1,
};

/** Throws what `refuse` makes of the first setting that is not of its kind. */
export function checkNumbers<S>(
  settings: S,
  wanted: { readonly [K in keyof typeof kinds]?: readonly (keyof S)[] },
  refuse: (name: keyof S, wanted: string) => Error,
): void {
  for (const [kind, test] of Object.entries(kinds)) {
    const names = wanted[kind as keyof typeof kinds] ?? [];
    const wrong = names.find((name) => !test(settings[name] as number));
    if (wrong !== undefined) throw refuse(wrong, kind);
  }
}
