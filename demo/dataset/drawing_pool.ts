import type { Role } from "./cast.ts";

/** Draws people in one worker per core and yields them in the order of `roles`; the signal stops it. */
export async function* drawAll(
  roles: readonly Role[],
  signal: AbortSignal = new AbortController().signal,
): AsyncGenerator<{ readonly role: Role; readonly pictures: Uint8Array<ArrayBuffer>[] }> {
  const count = Math.min(Math.max(1, navigator.hardwareConcurrency), roles.length);
  const workers = Array.from(
    { length: count },
    () => new Worker(new URL("./drawing_worker.ts", import.meta.url), { type: "module" }),
  );
  const draw = async (worker: Worker, role: Role) => {
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
    }
  };
  // Workers take turns, so each draws the next of its people while the one before is used.
  const drawn: Promise<Uint8Array<ArrayBuffer>[]>[] = [];
  const begin = (i: number) => {
    const role = roles[i], turn = i % count;
    if (!role) return;
    drawn[turn] = draw(workers[turn] as Worker, role);
    drawn[turn].catch(() => {}); // thrown where it is awaited
  };
  try {
    for (let i = 0; i < count; i++) begin(i);
    for (const [i, role] of roles.entries()) {
      const pictures = await (drawn[i % count] as Promise<Uint8Array<ArrayBuffer>[]>);
      begin(i + count);
      yield { role, pictures };
    }
  } finally {
    for (const worker of workers) worker.terminate();
  }
}
