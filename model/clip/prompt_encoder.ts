import type { Device, Tensor } from "../../engine/mod.ts";
import { SizedPlans } from "../sized_plans.ts";
import type { ClipConfig } from "./config.ts";
import { countRows, packPrompts, readPosition, sharedTokens } from "./pack_prompts.ts";
import { textTower, type TextTowerWeights } from "./text_tower.ts";
import type { TokenTable } from "./token_table.ts";

/** Most rows of prompts in one batch. */
const mostRows = 1024;

const roundUp = (count: number, step: number) => Math.ceil(count / step) * step;

/** Embeds any number of prompts of any length, in batches. */
export class PromptEncoder implements Disposable {
  readonly #config: ClipConfig;
  readonly #table: TokenTable;
  readonly #plans: SizedPlans<Tensor>;

  constructor(
    device: Device,
    weights: TextTowerWeights,
    config: ClipConfig,
    table: TokenTable,
  ) {
    this.#config = config;
    this.#table = table;
    this.#plans = new SizedPlans(
      device,
      (r, shared = 0, rows = 0, reads = 0) =>
        textTower(r, weights, config, {
          shared,
          x: r.input("x", [1, rows, config.text.width]),
          sight: { ranges: r.input("ranges", [1, rows, 2], "u32") },
          read: r.input("read", [1, reads], "u32"),
          readSight: { ranges: r.input("readRanges", [1, reads, 2], "u32") },
        }),
    );
  }

  /** The embeddings of token ids, start and end included: `[N, embedding]`, not normalised. */
  async encode(prompts: readonly (readonly number[])[]): Promise<Float32Array<ArrayBuffer>> {
    const { embedding, text: { context, vocabulary } } = this.#config;
    for (const prompt of prompts) {
      if (prompt.length < 1 || prompt.length > context) {
        throw new RangeError(
          `Cannot embed a prompt: it has ${prompt.length} tokens: wanted 1 to ${context}`,
        );
      }
      const strange = prompt.find((id) => !(Number.isInteger(id) && id >= 0 && id < vocabulary));
      if (strange !== undefined) {
        throw new RangeError(
          `Cannot embed token ${strange}: the checkpoint has the tokens 0 to ${vocabulary - 1}: ` +
            `its vocabulary must be the one that made the ids`,
        );
      }
    }
    const all = new Float32Array(prompts.length * embedding);
    let done = 0;
    for (const chunk of chunks(prompts)) {
      const numbers = await this.#run(chunk);
      all.set(numbers.subarray(0, chunk.length * embedding), done * embedding);
      done += chunk.length;
    }
    return all;
  }

  [Symbol.dispose](): void {
    this.#plans[Symbol.dispose]();
  }

  async #run(prompts: readonly (readonly number[])[]): Promise<Float32Array<ArrayBuffer>> {
    const shared = sharedTokens(prompts);
    // Rounded up, so that prompts of similar size share a plan.
    const rows = roundUp(countRows(prompts, shared), 20), reads = roundUp(prompts.length, 8);
    const layout = packPrompts(prompts, shared, rows, reads);
    const { ranges, read, readRanges } = layout;
    const x = await this.#table.embed(layout);
    return await this.#plans.run([shared, rows, reads], { x, ranges, read, readRanges });
  }
}

/** Splits prompts, in order, into batches. */
function* chunks(prompts: readonly (readonly number[])[]): Generator<(readonly number[])[]> {
  let chunk: (readonly number[])[] = [], rows = 0;
  for (const prompt of prompts) {
    const more = readPosition(prompt) + 1;
    if (chunk.length > 0 && rows + more > mostRows) {
      yield chunk;
      [chunk, rows] = [[], 0];
    }
    chunk.push(prompt);
    rows += more;
  }
  if (chunk.length > 0) yield chunk;
}
