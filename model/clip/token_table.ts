import type { ClipCheckpoint } from "./checkpoint.ts";
import type { ClipConfig } from "./config.ts";
import type { PromptLayout } from "./pack_prompts.ts";

/**
 * The token embedding and the positional one, on the host. The former has far more rows than are
 * ever used (a sixth of ViT-B/32's weights): they are read from the checkpoint when a prompt first
 * needs them.
 */
export class TokenTable {
  readonly #checkpoint: ClipCheckpoint;
  readonly #config: ClipConfig["text"];
  readonly #positions: Float32Array;
  readonly #rows = new Map<number, Float32Array>();

  private constructor(checkpoint: ClipCheckpoint, positions: Float32Array) {
    this.#checkpoint = checkpoint;
    this.#config = checkpoint.config.text;
    this.#positions = positions;
  }

  /** Opens the table of a checkpoint, which must stay open as long. */
  static async open(checkpoint: ClipCheckpoint): Promise<TokenTable> {
    const { context, width } = checkpoint.config.text;
    return new TokenTable(
      checkpoint,
      await checkpoint.read("positional_embedding", [context, width]),
    );
  }

  /** A token's embedding, `[D]`. */
  async token(id: number): Promise<Float32Array> {
    let row = this.#rows.get(id);
    if (!row) {
      row = await this.#checkpoint.readRow("token_embedding.weight", id);
      this.#rows.set(id, row);
    }
    return row;
  }

  /** What the text tower takes of prompts: `[T, D]`. */
  async embed({ ids, positions }: PromptLayout): Promise<Float32Array<ArrayBuffer>> {
    const { width } = this.#config;
    const x = new Float32Array(ids.length * width);
    for (const [row, id] of ids.entries()) {
      const token = await this.token(id);
      const at = (positions[row] ?? 0) * width;
      for (let c = 0; c < width; c++) {
        x[row * width + c] = (token[c] ?? NaN) + (this.#positions[at + c] ?? NaN);
      }
    }
    return x;
  }
}
