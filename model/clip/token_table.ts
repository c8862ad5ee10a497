import type { ClipCheckpoint } from "./checkpoint.ts";
import type { ClipConfig } from "./config.ts";
import type { PromptLayout } from "./pack_prompts.ts";

/**
 * The token and position embeddings, on the host. The token table is large (a sixth of ViT-B/32's
 * weights) and few of its rows are ever used, so they are read from the checkpoint on first use.
 */
export class TokenTable {
  readonly #checkpoint: ClipCheckpoint;
  readonly #config: ClipConfig["text"];
  readonly #positions: Float32Array<ArrayBuffer>;
  readonly #rows = new Map<number, Float32Array>();

  private constructor(checkpoint: ClipCheckpoint, positions: Float32Array<ArrayBuffer>) {
    this.#checkpoint = checkpoint;
    this.#config = checkpoint.config.text;
    this.#positions = positions;
  }

  /** Opens the table of a checkpoint, which must stay open. */
  static async open(checkpoint: ClipCheckpoint): Promise<TokenTable> {
    const { context, width } = checkpoint.config.text;
    return new TokenTable(
      checkpoint,
      await checkpoint.read("positional_embedding", [context, width]),
    );
  }

  /** `[D]`: token plus position embedding, or only the position's without a token. */
  async row(id: number | undefined, position: number): Promise<Float32Array<ArrayBuffer>> {
    const { width } = this.#config;
    const row = this.#positions.slice(position * width, (position + 1) * width);
    if (id === undefined) return row;
    for (const [c, x] of (await this.token(id)).entries()) row[c] = x + (row[c] ?? NaN);
    return row;
  }

  /** A token's embedding alone, `[D]`. */
  async token(id: number): Promise<Float32Array> {
    let row = this.#rows.get(id);
    if (!row) {
      row = await this.#checkpoint.readRow("token_embedding.weight", id);
      this.#rows.set(id, row);
    }
    return row;
  }

  /** The text tower's input for prompts: `[T, D]`. */
  async embed({ ids, positions }: PromptLayout): Promise<Float32Array<ArrayBuffer>> {
    const { width } = this.#config;
    const x = new Float32Array(ids.length * width);
    for (const [t, id] of ids.entries()) {
      x.set(await this.row(id, positions[t] ?? 0), t * width);
    }
    return x;
  }
}
