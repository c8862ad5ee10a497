/** What a check of this machine found. */
export interface Finding {
  /** What was looked at, in a word or two. */
  readonly what: string;
  /** `missing` is something that some commands can do without; `failed` is something that must work. */
  readonly state: "ok" | "missing" | "failed";
  readonly found: string;
  /** What to do about it, unless all is well. */
  readonly remedy?: string | undefined;
}

/** A finding as the lines that a user reads. */
export function findingLines({ what, state, found, remedy }: Finding): string[] {
  const line = `  ${state.padEnd(8)} ${what.padEnd(12)} ${found}`;
  return remedy === undefined ? [line] : [line, `${" ".repeat(24)}-> ${remedy}`];
}

/** Runs a check; what it throws is its finding. */
export async function attempt(
  what: string,
  remedy: string,
  check: () => Promise<string>,
): Promise<Finding> {
  try {
    return { what, state: "ok", found: await check() };
  } catch (error) {
    return { what, state: "failed", found: (error as Error).message, remedy };
  }
}
