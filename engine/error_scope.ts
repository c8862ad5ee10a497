/** What was done, and the first error that the device had with it. */
export interface Scoped<T> {
  readonly value: T;
  readonly error: Promise<GPUError | null>;
}

const filters = ["validation", "out-of-memory", "internal"] as const;

/**
 * Does something with the device and takes all errors that it has with it: otherwise they would be
 * told by an event, later, when nobody knows what they were about. `action` must not wait for anything,
 * so that scopes of others never lie within these.
 */
export function withErrorScope<T>(gpu: GPUDevice, action: () => T): Scoped<T> {
  for (const filter of filters) gpu.pushErrorScope(filter);
  const pop = () => Promise.all(filters.map(() => gpu.popErrorScope()));
  let value: T;
  try {
    value = action();
  } catch (error) {
    pop().catch(() => {}); // what was thrown is told
    throw error;
  }
  // What ran out is the cause of what is wrong with it afterwards.
  const error = pop().then(([internal, outOfMemory, invalid]) =>
    outOfMemory ?? internal ?? invalid ?? null
  );
  return { value, error };
}

/** What a device error says; Deno tells nothing of internal ones. */
export function messageOf(error: GPUError): string {
  return (error.message as string | undefined)?.trim() || "the device had an internal error";
}

/** Waits for the events that report device errors, which come a little after their cause. */
export function nextEvents(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve));
}
