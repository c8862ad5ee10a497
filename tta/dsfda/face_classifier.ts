import { type Device, type Plan, record, type Tensor } from "../../engine/mod.ts";
import { encode } from "../../model/dsfda/encoder.ts";
import { classify } from "../../model/dsfda/head.ts";
import {
  layoutsOf,
  parameterInputs,
  type Parameters,
  writeParameters,
} from "../../model/dsfda/parameters.ts";
import { average, largestAt, softmax } from "../../numbers/vectors.ts";
import { deciding, parametersOf, sizesOf } from "./dsfda.ts";
import { colours, type Faces } from "./faces.ts";

/** How well faces are told. */
export interface Told {
  /** The share of those whose class is told. */
  readonly accuracy: number;
  /** The mean cross-entropy. */
  readonly loss: number;
  /** The same, of each batch of `judge()`. */
  readonly losses: readonly number[];
}

/** The expression encoder with its classifier, for any parameters of the same sizes. */
export class FaceClassifier implements Disposable {
  readonly #device: Device;
  readonly #plan: Plan<Tensor>;
  readonly #batch: number;
  /** A picture's rows, and columns. */
  readonly side: number;

  private constructor(device: Device, plan: Plan<Tensor>, side: number, batch: number) {
    this.#device = device;
    this.#plan = plan;
    this.side = side;
    this.#batch = batch;
  }

  /** Records it for so many faces at once, and begins with these parameters. */
  static async open(device: Device, parameters: Parameters, batch = 16): Promise<FaceClassifier> {
    const own = parametersOf(parameters, deciding), { side } = sizesOf(own);
    const plan = await record(device, (r) => {
      const weights = parameterInputs(r, layoutsOf(own));
      const latent = encode(r, weights, "Gen.enc_ER", r.input("faces", [batch, side, side, 3]));
      return classify(r, weights, "Gen.fc_ER", latent);
    });
    const classifier = new FaceClassifier(device, plan, side, batch);
    classifier.write(own);
    return classifier;
  }

  /** Goes on with other parameters. */
  write(parameters: Parameters): void {
    writeParameters(this.#plan, parametersOf(parameters, deciding));
  }

  /** Each face's probabilities, of pixels `[N, S, S, 3]`. */
  async decide(pixels: Uint8Array): Promise<Float64Array[]> {
    const size = this.side ** 2 * 3, count = pixels.length / size, rows: Float64Array[] = [];
    for (let first = 0; first < count; first += this.#batch) {
      const some = pixels.subarray(first * size, (first + this.#batch) * size);
      const faces = new Float32Array(this.#batch * size);
      faces.set(colours(some));
      this.#plan.write("faces", faces);
      this.#plan.run();
      const [logits = new Float32Array(0)] = await this.#device.read([this.#plan.outputs]);
      const classes = logits.length / this.#batch;
      for (let n = 0; n < some.length / size; n++) {
        const row = logits.subarray(n * classes, (n + 1) * classes);
        rows.push(Float64Array.from(softmax(Float64Array.from(row))));
      }
    }
    return rows;
  }

  /** How well the classes of faces are told; losses are means of so many faces each. */
  async judge({ pixels, labels }: Pick<Faces, "pixels" | "labels">, batch: number): Promise<Told> {
    const rows = await this.decide(pixels);
    const right = rows.filter((row, n) => largestAt(row) === labels[n]).length;
    const entropies = rows.map((row, n) => -Math.log(row[labels[n] as number] as number));
    const losses = Array.from(
      { length: Math.ceil(rows.length / batch) },
      (_, i) => average(entropies.slice(i * batch, (i + 1) * batch)),
    );
    return { accuracy: right / rows.length, loss: average(entropies), losses };
  }

  /** Frees all memory. */
  [Symbol.dispose](): void {
    this.#plan[Symbol.dispose]();
  }
}
