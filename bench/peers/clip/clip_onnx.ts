import type { Shape } from "../../../engine/mod.ts";
import type { ClipCheckpoint } from "../../../model/clip/checkpoint.ts";
import { imageTokens, type TowerSizes } from "../../../model/clip/config.ts";
import { OnnxWriter } from "./onnx_writer.ts";

/**
 * CLIP's towers as ONNX models, with the nodes that exporters write: for comparison with another
 * runtime on the same weights.
 */
export class ClipOnnx {
  readonly #checkpoint: ClipCheckpoint;
  readonly #writer = new OnnxWriter();

  constructor(checkpoint: ClipCheckpoint) {
    this.#checkpoint = checkpoint;
  }

  /** The image tower for a batch `images` `[B, 3, R, R]`: `[B, embedding]`. */
  async image(batch: number): Promise<Uint8Array<ArrayBuffer>> {
    const w = this.#writer, { config } = this.#checkpoint;
    const { size, patch, width } = config.image, tokens = imageTokens(config);
    const images = w.input("images", [batch, 3, size, size]);
    const kernel = await this.#tensor("visual.conv1.weight", [width, 3, patch, patch]);
    const conv = w.node("Conv", [images, kernel], {
      kernel_shape: [patch, patch],
      strides: [patch, patch],
    });
    const flat = w.node("Reshape", [conv, w.integers([batch, width, tokens - 1])]);
    const patches = w.node("Transpose", [flat], { perm: [0, 2, 1] });
    const token = await this.#tensor("visual.class_embedding", [width]);
    const all = w.node("Expand", [token, w.integers([batch, 1, width])]);
    const positions = await this.#tensor("visual.positional_embedding", [tokens, width]);
    let x = w.node("Add", [w.node("Concat", [all, patches], { axis: 1 }), positions]);
    x = await this.#norm("visual.ln_pre", x, width);
    x = await this.#blocks("visual.transformer", x, [batch, tokens], config.image);
    x = w.node("Reshape", [
      w.node("Gather", [x, w.integers([0])], { axis: 1 }),
      w.integers([batch, width]),
    ]);
    return await this.#project("visual.ln_post", "visual.proj", x, batch, width);
  }

  /** The text tower for embedded prompts `x` `[N, T, D]`, each read at its row: `[N, embedding]`. */
  async text(length: number, read: readonly number[]): Promise<Uint8Array<ArrayBuffer>> {
    const w = this.#writer, { width } = this.#checkpoint.config.text, count = read.length;
    const mask = w.floats("mask", [length, length], causalMask(length));
    const x = await this.#blocks(
      "transformer",
      w.input("x", [count, length, width]),
      [count, length],
      this.#checkpoint.config.text,
      mask,
    );
    const rows = w.node("Reshape", [x, w.integers([count * length, width])]);
    const picked = w.node(
      "Gather",
      [rows, w.integers(read.map((at, n) => n * length + at))],
      { axis: 0 },
    );
    return await this.#project("ln_final", "text_projection", picked, count, width);
  }

  async #project(norm: string, projection: string, x: string, count: number, width: number) {
    const { embedding } = this.#checkpoint.config;
    const matrix = await this.#tensor(projection, [width, embedding]);
    const y = this.#writer.node("MatMul", [await this.#norm(norm, x, width), matrix]);
    return this.#writer.finish(y, [count, embedding]);
  }

  async #blocks(
    tower: string,
    x: string,
    [batch, tokens]: readonly [number, number],
    { width, layers, heads }: TowerSizes,
    mask?: string,
  ): Promise<string> {
    const w = this.#writer, head = width / heads;
    const scale = w.floats(`${tower}.scale`, [], Float32Array.of(1 / Math.sqrt(head)));
    const slope = w.floats(`${tower}.slope`, [], Float32Array.of(1.702));
    for (let i = 0; i < layers; i++) {
      const block = `${tower}.resblocks.${i}`;
      const normed = await this.#norm(`${block}.ln_1`, x, width);
      const qkv = await this.#linear(
        [`${block}.attn.in_proj_weight`, `${block}.attn.in_proj_bias`],
        normed,
        width,
        3 * width,
      );
      const [q, k, v] = w.nodes("Split", [qkv, w.integers([width, width, width])], { axis: 2 }, 3)
        .map((part, j) => {
          const split = w.node("Reshape", [part, w.integers([batch, tokens, heads, head])]);
          return w.node("Transpose", [split], { perm: j === 1 ? [0, 2, 3, 1] : [0, 2, 1, 3] });
        }) as [string, string, string];
      let scores = w.node("Mul", [w.node("MatMul", [q, k]), scale]);
      if (mask !== undefined) scores = w.node("Add", [scores, mask]);
      const seen = w.node("MatMul", [w.node("Softmax", [scores], { axis: -1 }), v]);
      const joined = w.node("Reshape", [
        w.node("Transpose", [seen], { perm: [0, 2, 1, 3] }),
        w.integers([batch, tokens, width]),
      ]);
      x = w.node("Add", [
        x,
        await this.#namedLinear(`${block}.attn.out_proj`, joined, width, width),
      ]);
      const inner = await this.#norm(`${block}.ln_2`, x, width);
      const up = await this.#namedLinear(`${block}.mlp.c_fc`, inner, width, 4 * width);
      const gate = w.node("Sigmoid", [w.node("Mul", [up, slope])]);
      const hidden = w.node("Mul", [up, gate]);
      x = w.node("Add", [
        x,
        await this.#namedLinear(`${block}.mlp.c_proj`, hidden, 4 * width, width),
      ]);
    }
    return x;
  }

  #namedLinear(name: string, x: string, inputs: number, outputs: number): Promise<string> {
    return this.#linear([`${name}.weight`, `${name}.bias`], x, inputs, outputs);
  }

  /** PyTorch keeps `[out, in]`; a plain product wants `[in, out]`. */
  async #linear(
    [weight, bias]: readonly [string, string],
    x: string,
    inputs: number,
    outputs: number,
  ): Promise<string> {
    const w = this.#writer;
    const rows = await this.#checkpoint.read(weight, [outputs, inputs]);
    const turned = new Float32Array(rows.length);
    for (let o = 0; o < outputs; o++) {
      for (let i = 0; i < inputs; i++) turned[i * outputs + o] = rows[o * inputs + i] ?? NaN;
    }
    const matrix = w.floats(weight, [inputs, outputs], turned);
    return w.node("Add", [w.node("MatMul", [x, matrix]), await this.#tensor(bias, [outputs])]);
  }

  async #norm(name: string, x: string, width: number): Promise<string> {
    const parts = [
      await this.#tensor(`${name}.weight`, [width]),
      await this.#tensor(`${name}.bias`, [width]),
    ];
    return this.#writer.node("LayerNormalization", [x, ...parts], {
      axis: -1,
      epsilon: { float: 1e-5 },
    });
  }

  async #tensor(name: string, shape: Shape): Promise<string> {
    return this.#writer.floats(name, shape, await this.#checkpoint.read(name, shape));
  }
}

function causalMask(length: number): Float32Array<ArrayBuffer> {
  return Float32Array.from(
    { length: length * length },
    (_, i) => i % length > Math.floor(i / length) ? -Infinity : 0,
  );
}
