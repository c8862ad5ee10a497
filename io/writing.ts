/** Says in a sentence what kept a file from being written. */
export async function writing<T>(path: string, action: () => Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (error) {
    if (error instanceof Deno.errors.NotCapable) throw error;
    const got = (error as { code?: string }).code === "ENOSPC"
      ? "the disk is full: make room and run the same command again: it goes on from there"
      : error instanceof Deno.errors.PermissionDenied
      ? "permission denied: choose a folder that you may write (HF_HUB_CACHE, AUTT_MODELS)"
      : `${(error as Error).message}: choose another folder (HF_HUB_CACHE, AUTT_MODELS)`;
    throw new Error(`Cannot write "${path}": ${got}`, { cause: error });
  }
}
