const filters = ["validation", "out-of-memory", "internal"] as const;

/**
 * Runs an action; gives its result and the first device error that it causes. Without a scope they would arrive as
 * events, later, when it is no longer known what caused them. `action` must be synchronous, so that
 * the scopes of different actions never interleave.
 */
export function withErrorScope<T>(gpu: GPUDevice, action: () => T) {
  for (const filter of filters) gpu.pushErrorScope(filter);
  const pop = () => Promise.all(filters.map(() => gpu.popErrorScope()));
  let value: T;
  try {
    value = action();
  } catch (error) {
    pop().catch(() => {}); // the exception is reported instead
    throw error;
  }
  // Running out of memory is the cause of the errors that follow it.
  const error = pop().then(([internal, outOfMemory, invalid]) =>
    outOfMemory ?? internal ?? invalid ?? null
  );
  return { value, error };
}

/** The message of a device error; Deno gives none for internal ones. */
export function messageOf(error: GPUError): string {
  return (error.message as string | undefined)?.trim() || "the device had an internal error";
}

/** Waits for the events that report device errors, which come a little after their cause. */
export function nextEvents(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve));
}
