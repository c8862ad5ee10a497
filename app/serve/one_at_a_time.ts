import { HttpError } from "./http_error.ts";

/**
 * Runs actions one after the other, as there is one device; only so many may wait. Whoever comes when all
 * places are taken is refused at once, so that what is in memory stays bounded.
 */
export class OneAtATime {
  readonly #most: number;
  #taken = 0;
  #last: Promise<unknown> = Promise.resolve();

  /** @param most How many may be there at once, with the one that runs. */
  constructor(most: number) {
    this.#most = most;
  }

  /** Takes a place, and gives it back when `action` is done, which asks for its turn by `turn`. */
  async admit<T>(
    action: (turn: <R>(run: () => Promise<R>) => Promise<R>) => Promise<T>,
  ): Promise<T> {
    if (this.#taken >= this.#most) {
      throw new HttpError(
        503,
        `Cannot take another video now: ${this.#most} are under way; try again in a while`,
      );
    }
    this.#taken++;
    try {
      return await action((run) => {
        const turn = this.#last.then(run, run);
        this.#last = turn.catch(() => {});
        return turn;
      });
    } finally {
      this.#taken--;
    }
  }
}
