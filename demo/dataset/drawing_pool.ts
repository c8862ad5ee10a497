import type { Role } from "./cast.ts";

/** Draws people in one worker per core and yields them in the order of `roles`; the signal stops it. */
export async function* drawAll(
  roles: readonly Role[],
  signal: AbortSignal = new AbortController().signal,
): AsyncGenerator<{ readonly role: Role; readonly pictures: Uint8Array<ArrayBuffer>[] }> {
  const workers = Math.max(1, navigator.hardwareConcurrency), free: Worker[] = [];
  const all = Array.from(
    { length: Math.min(workers, roles.length) },
    () => new Worker(new URL("./drawing_worker.ts", import.meta.url), { type: "module" }),
  );
  free.push(...all);
  const waiting: (() => void)[] = [];
  const draw = async (role: Role) => {
    while (free.length === 0) await new Promise<void>((resolve) => waiting.push(resolve));
    const worker = free.pop() as Worker;
    const { promise, resolve, reject } = Promise.withResolvers<Uint8Array<ArrayBuffer>[]>();
    const stop = () => reject(signal.reason);
    try {
      signal.throwIfAborted();
      signal.addEventListener("abort", stop, { once: true });
      worker.onmessage = ({ data }) => resolve(data);
      worker.onerror = (event) => {
        event.preventDefault();
        reject(new Error(`Cannot draw ${role.design} ${role.number}: ${event.message}`));
      };
      worker.postMessage(role);
      return await promise;
    } finally {
      signal.removeEventListener("abort", stop);
      free.push(worker);
      waiting.shift()?.();
    }
  };
  try {
    // At most one drawing per worker waits to be taken.
    const begun: Promise<Uint8Array<ArrayBuffer>[]>[] = [];
    for (const [i, role] of roles.entries()) {
      while (begun.length < Math.min(roles.length, i + all.length + 1)) {
        const next = draw(roles[begun.length] as Role);
        next.catch(() => {}); // thrown where it is awaited
        begun.push(next);
      }
      yield { role, pictures: await (begun[i] as Promise<Uint8Array<ArrayBuffer>[]>) };
      delete begun[i];
    }
  } finally {
    for (const worker of all) worker.terminate();
  }
}
