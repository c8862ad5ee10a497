import { join } from "node:path";
import { writeAtomically } from "../../io/files/write_atomically.ts";

/** What a method decided on one person's clips, and what that took. */
export interface PersonDecisions {
  readonly subject: string;
  /** In the order of the decisions. */
  readonly clips: readonly { readonly id: string; readonly probabilities: readonly number[] }[];
  /** Of each clip; and before the person's first one. */
  readonly milliseconds: readonly number[];
  readonly beginMilliseconds: number;
  /** The most device memory that the method held, in addition to what was used before. */
  readonly bytes: number;
}

/**
 * Keeps decisions, a file for each method and person, so that a stopped evaluation can be resumed.
 * Decisions that were made with other settings or on other clips are not reused.
 */
export class DecisionStore {
  readonly folder: string;
  /** Identifies everything that decisions depend on besides the method. */
  readonly #of: string;

  constructor(folder: string, of: string) {
    this.folder = folder;
    this.#of = of;
  }

  /** The kept decisions; undefined if there are none or they don't fit. */
  async read(method: string, subject: string): Promise<PersonDecisions | undefined> {
    let text: string;
    try {
      text = await Deno.readTextFile(this.#path(method, subject));
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) return undefined;
      throw error;
    }
    try {
      const { of, ...decisions } = JSON.parse(text) as PersonDecisions & { readonly of: string };
      return of === this.#of ? decisions : undefined;
    } catch {
      return undefined; // not one of these files, or incomplete
    }
  }

  async write(method: string, decisions: PersonDecisions): Promise<void> {
    const path = this.#path(method, decisions.subject);
    await Deno.mkdir(join(path, ".."), { recursive: true });
    await writeAtomically(path, JSON.stringify({ of: this.#of, ...decisions }, null, 1) + "\n");
  }

  #path(method: string, subject: string): string {
    return join(this.folder, encodeURIComponent(method), `${encodeURIComponent(subject)}.json`);
  }
}
