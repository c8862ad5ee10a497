/** A file could not be written: its message is a sentence that says why, and what to do. */
export class WriteError extends Error {
  override name = "WriteError";
}

/** What the user can do about it, depending on what is written. */
export interface WriteAdvice {
  /** What to do after freeing disk space. */
  readonly again: string;
  /** How to choose another place. */
  readonly elsewhere: string;
}

const usual: WriteAdvice = { again: "run the same command again", elsewhere: "" };

/** For model files, which have a folder of their own and can be resumed. */
export const modelAdvice: WriteAdvice = {
  again: "run the same command again: it goes on from there",
  elsewhere: " (HF_HUB_CACHE, AUTT_MODELS)",
};

/** Says in a sentence why a file could not be written. */
export async function writing<T>(
  path: string,
  action: () => Promise<T>,
  { again, elsewhere }: WriteAdvice = usual,
): Promise<T> {
  try {
    return await action();
  } catch (error) {
    if (error instanceof Deno.errors.NotCapable) throw error;
    const got = (error as { code?: string }).code === "ENOSPC"
      ? `the disk is full: make room and ${again}`
      : error instanceof Deno.errors.PermissionDenied
      ? `permission denied: choose a folder that you may write${elsewhere}`
      : `${(error as Error).message}: choose another folder${elsewhere}`;
    throw new WriteError(`Cannot write "${path}": ${got}`, { cause: error });
  }
}
