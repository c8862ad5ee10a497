import { join } from "node:path";
import { writeAtomically } from "../../io/files/write_atomically.ts";

/** What a method said of one person's clips, and what it took. */
export interface PersonDecisions {
  readonly subject: string;
  /** In the order in which they were decided on. */
  readonly clips: readonly { readonly id: string; readonly probabilities: readonly number[] }[];
  /** Of each clip, and of beginning with the person. */
  readonly milliseconds: readonly number[];
  readonly beginMilliseconds: number;
  /** Device memory that the method held at most, over what there was before it. */
  readonly bytes: number;
}

/**
 * Keeps what was decided, a file for each method and person, so that an evaluation that was stopped goes
 * on where it was. What was decided with other settings or on other clips is not gone on with.
 */
export class DecisionStore {
  readonly folder: string;
  /** Tells all that decisions depend on, but for the method. */
  readonly #of: string;

  constructor(folder: string, of: string) {
    this.folder = folder;
    this.#of = of;
  }

  /** What was kept; undefined if nothing, or nothing that fits. */
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
      return undefined; // not ours, or not whole
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
