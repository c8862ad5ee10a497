import { formatShape, sameShape, type Shape } from "../../engine/mod.ts";
import { sha256 } from "../../io/files/sha256.ts";
import type { TensorFile } from "../../io/tensors/tensor_file.ts";
import { toFloat32 } from "../../io/tensors/stored_type.ts";
import { joined } from "../../numbers/vectors.ts";
import type { ClipConfig, TowerSizes } from "./config.ts";
import { huggingFaceNames, isTransposedByHuggingFace } from "./hugging_face_names.ts";
import { clipShapes } from "./tensor_shapes.ts";

/** What a checkpoint's tensors don't tell. */
export interface ClipSettings {
  /** Heads of the image tower; by default one for every 64 columns. */
  readonly imageHeads?: number | undefined;
  /** Heads of the text tower; by default one for every 64 columns. */
  readonly textHeads?: number | undefined;
  /** The perceptrons' activation. */
  readonly activation?: ClipConfig["activation"] | undefined;
}

/**
 * A file with the weights of a CLIP, under OpenAI's or Hugging Face's names with any prefix (`clip.`,
 * `model.`). Tensors are requested by OpenAI's names and read only then.
 */
export class ClipCheckpoint {
  readonly file: TensorFile;
  readonly config: ClipConfig;
  readonly #prefix: string;
  readonly #huggingFace: boolean;

  /** Finds the sizes. Throws if the file has no CLIP with a vision transformer. */
  constructor(file: TensorFile, settings: ClipSettings = {}) {
    this.file = file;
    const names = [...file.tensors.keys()];
    const prefixBefore = (end: string) =>
      names.find((name) => name === end || name.endsWith(`.${end}`))?.slice(0, -end.length);
    const patches = "visual.conv1.weight", [theirs = ""] = huggingFaceNames(patches);
    if (prefixBefore("visual.layer1.0.conv1.weight") !== undefined) {
      throw new TypeError(
        `Cannot load "${file.name}": it is a ResNet CLIP: only those with a vision transformer ` +
          `can be loaded, such as ViT-B/32`,
      );
    }
    const ours = prefixBefore(patches), prefix = ours ?? prefixBefore(theirs);
    if (prefix === undefined) {
      throw new TypeError(
        `Cannot load "${file.name}": it is no CLIP: it has neither "${patches}" nor "${theirs}" ` +
          `among its ${names.length} tensors`,
      );
    }
    this.#prefix = prefix;
    this.#huggingFace = ours === undefined;
    this.config = this.#findConfig(settings);
  }

  /** A tensor as float32. Throws with its name if it is missing or has another shape. */
  async read(name: string, shape: Shape): Promise<Float32Array<ArrayBuffer>> {
    const turned = this.#isTurned(name);
    this.#check(name, shape);
    const parts = await Promise.all(
      this.#storedNames(name).map(async (part) => {
        const { dtype } = this.#stored(part);
        return toFloat32(dtype, await this.file.read(part));
      }),
    );
    const numbers = parts.length === 1 ? parts[0] as Float32Array<ArrayBuffer> : joined(parts);
    return turned ? transposed(numbers, shape) : numbers;
  }

  /** Some rows of a large matrix. */
  async readRow(name: string, row: number): Promise<Float32Array<ArrayBuffer>> {
    const [stored = ""] = this.#storedNames(name);
    const bytes = await this.file.read(stored, { first: row, count: 1 });
    return toFloat32(this.#stored(stored).dtype, bytes);
  }

  /** Throws unless all tensors exist with the shapes that the sizes ask for. */
  checkAll(): void {
    for (const [name, shape] of clipShapes(this.config)) this.#check(name, shape);
  }

  /**
   * Identifies a checkpoint independently of format, names and number type: the SHA-256 of the sizes, the
   * biases and layer norms of both towers, and the projections. Training changes all of these; hashing
   * the large matrices as well would take as long as loading.
   */
  async fingerprint(): Promise<string> {
    const parts: Parameters<typeof sha256>[0][number][] = [JSON.stringify(this.config)];
    const projections = ["visual.proj", "text_projection"];
    for (const [name, shape] of clipShapes(this.config)) {
      if (shape.length > 1 && !projections.includes(name)) continue;
      const numbers = await this.read(name, shape);
      parts.push(name, numbers);
    }
    return await sha256(parts);
  }

  #findConfig({ imageHeads, textHeads, activation = "quick_gelu" }: ClipSettings): ClipConfig {
    const [imageWidth = 0, , , patch = 0] = this.#shapeOf("visual.conv1.weight");
    const [positions = 0] = this.#shapeOf("visual.positional_embedding");
    const [vocabulary = 0, textWidth = 0] = this.#shapeOf("token_embedding.weight");
    const [context = 0] = this.#shapeOf("positional_embedding");
    const [, embedding = 0] = this.#shapeOf("text_projection");
    return {
      image: {
        size: patch * Math.round(Math.sqrt(positions - 1)),
        patch,
        ...this.#findSizes("visual.transformer", imageWidth, imageHeads),
      },
      text: { context, vocabulary, ...this.#findSizes("transformer", textWidth, textHeads) },
      embedding,
      activation,
    };
  }

  #findSizes(tower: string, width: number, heads: number | undefined): TowerSizes {
    // By the largest number, so that an incomplete block is an error and not the end.
    const [start = ""] = this.#storedNames(`${tower}.resblocks.`);
    const numbers = [...this.file.tensors.keys()].filter((name) => name.startsWith(start))
      .map((name) => parseInt(name.slice(start.length)));
    const layers = 1 + numbers.reduce((most, number) => Math.max(most, number), -1);
    if (!(layers > 0)) {
      throw new TypeError(`Cannot load "${this.file.name}": it has no "${start}0"`);
    }
    // The tensors don't say how many heads there are. OpenAI's have a head for every 64 columns.
    const count = heads ?? width / 64;
    if (!Number.isInteger(count) || count < 1 || width % count !== 0) {
      throw new RangeError(
        `Cannot load "${this.file.name}": ${width} columns of ${tower} do not make ${count} heads: ` +
          `say how many it has`,
      );
    }
    return { width, layers, heads: count };
  }

  #storedNames(name: string): readonly string[] {
    const names = this.#huggingFace ? huggingFaceNames(name) : [name];
    return names.map((stored) => this.#prefix + stored);
  }

  #isTurned(name: string): boolean {
    return this.#huggingFace && isTransposedByHuggingFace(name);
  }

  #stored(stored: string) {
    const tensor = this.file.tensors.get(stored);
    if (tensor) return tensor;
    throw new TypeError(`Cannot load "${this.file.name}": it has no tensor "${stored}"`);
  }

  /** A tensor's shape in OpenAI's form, however it is stored. */
  #shapeOf(name: string): Shape {
    const shapes = this.#storedNames(name).map((stored) => this.#stored(stored).shape);
    const [first = []] = shapes;
    if (this.#isTurned(name)) return first.toReversed();
    if (shapes.length === 1) return first;
    return [shapes.reduce((sum, [rows = 0]) => sum + rows, 0), ...first.slice(1)];
  }

  #check(name: string, wanted: Shape): void {
    const got = this.#shapeOf(name);
    // A scalar is [] in some checkpoints and [1] in others.
    if (sameShape(got, wanted) || (wanted.length === 0 && sameShape(got, [1]))) return;
    throw new TypeError(
      `Cannot load "${this.file.name}": ${this.#storedNames(name).join(" + ")} must make up ` +
        `${formatShape(wanted)}: got ${formatShape(got)}`,
    );
  }
}

/** Transposes a matrix to this shape. */
function transposed(numbers: Float32Array, [rows = 0, columns = 0]: Shape) {
  const turned = new Float32Array(rows * columns);
  for (let r = 0; r < rows; r++) {
    for (let c = 0; c < columns; c++) turned[r * columns + c] = numbers[c * rows + r] ?? NaN;
  }
  return turned;
}
