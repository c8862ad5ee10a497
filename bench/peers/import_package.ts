/**
 * Imports an npm package that is no dependency of the project. The specifier comes as a value, so
 * that the package enters neither the module graph nor, with `--no-lock`, the lockfile.
 */
export async function importPackage(peer: string, specifier: string): Promise<unknown> {
  try {
    return await import(specifier);
  } catch (cause) {
    // The first line names the trouble; what follows are hints that do not fit here.
    const [reason] = String(cause instanceof Error ? cause.message : cause).split("\n");
    throw new Error(
      `Cannot open the peer ${peer}: importing ${specifier} failed (${reason}); run once where ` +
        `the npm registry can be reached, without --cached-only and with --no-lock`,
      { cause },
    );
  }
}
