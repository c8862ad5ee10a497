/// <reference lib="dom" />
import type { Answer, CallName, Calls, Question } from "../messages.ts";

/** The worker, seen from the page. */
export class Remote {
  /** Called while the worker adapts. */
  onProgress: ((done: number, of: number) => void) | undefined;
  /** Called when the worker has lost its device and opens another one. */
  onLost: (() => void) | undefined;
  readonly #worker: Worker;
  readonly #waiting = new Map<number, PromiseWithResolvers<unknown>>();
  #last = 0;

  constructor(worker: Worker) {
    this.#worker = worker;
    worker.onmessage = ({ data }: MessageEvent<Answer>) => this.#take(data);
    worker.onerror = ({ message }) => {
      const error = new Error(message || "the worker could not be started in this browser");
      for (const { reject } of this.#waiting.values()) reject(error);
      this.#waiting.clear();
    };
  }

  /** Asks the worker; what is transferred belongs to it from then on. */
  async call<Name extends CallName>(
    name: Name,
    argument: Parameters<Calls[Name]>[0],
    transfer: Transferable[] = [],
  ): Promise<ReturnType<Calls[Name]>> {
    const id = ++this.#last, waiting = Promise.withResolvers<unknown>();
    this.#waiting.set(id, waiting);
    const question: Question = { id, name, argument };
    this.#worker.postMessage(question, transfer);
    return await waiting.promise as ReturnType<Calls[Name]>;
  }

  #take(answer: Answer): void {
    if ("progress" in answer) {
      this.onProgress?.(answer.progress.done, answer.progress.of);
    } else if ("lost" in answer) {
      this.onLost?.();
    } else {
      const waiting = this.#waiting.get(answer.id);
      this.#waiting.delete(answer.id);
      if ("value" in answer) waiting?.resolve(answer.value);
      else {waiting?.reject(
          Object.assign(new Error(answer.error.message), { name: answer.error.name }),
        );}
    }
  }
}
