/** A file could not be written: its message is a sentence that says why, and what to do. */
export class WriteError extends Error {
  override name = "WriteError";
}

/** What to do about it, which depends on what is written. */
export interface WriteAdvice {
  /** After making room on a full disk. */
  readonly again: string;
  /** Where else files can go. */
  readonly elsewhere: string;
}

const usual: WriteAdvice = { again: "run the same command again", elsewhere: "" };

/** For files of models, which have a place of their own and are gone on with. */
export const modelAdvice: WriteAdvice = {
  again: "run the same command again: it goes on from there",
  elsewhere: " (HF_HUB_CACHE, AUTT_MODELS)",
};

/** Says in a sentence what kept a file from being written. */
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
