import { type Device, type Plan, record, Rng, type Tensor } from "../../engine/mod.ts";
import { decode } from "../../model/dsfda/decoder.ts";
import { encode } from "../../model/dsfda/encoder.ts";
import {
  layoutsOf,
  parameterInputs,
  type Parameters,
  writeParameters,
} from "../../model/dsfda/parameters.ts";
import { parametersOf, sizesOf } from "./dsfda.ts";
import { colours, type Faces, takeFaces } from "./faces.ts";

const generating = ["Gen.enc_FR.", "Gen.enc_ER.", "Gen.dec."] as const;

/** Makes faces of one person's identity with another's expression. */
export class FaceGenerator implements Disposable {
  readonly #device: Device;
  readonly #plan: Plan<Tensor>;
  readonly #batch: number;

  private constructor(device: Device, plan: Plan<Tensor>, batch: number) {
    this.#device = device;
    this.#plan = plan;
    this.#batch = batch;
  }

  /** Records it for so many faces at once, and begins with these parameters. */
  static async open(device: Device, parameters: Parameters, batch = 8): Promise<FaceGenerator> {
    const own = parametersOf(parameters, generating), { side, noise } = sizesOf(parameters);
    const plan = await record(device, (r) => {
      const weights = parameterInputs(r, layoutsOf(own));
      const faces = (name: string) => r.input(name, [batch, side, side, 3]);
      return decode(r, weights, "Gen.dec", {
        expression: encode(r, weights, "Gen.enc_ER", faces("expression")),
        identity: encode(r, weights, "Gen.enc_FR", faces("identity")),
        noise: r.input("noise", [batch, side / 16, side / 16, noise]),
      });
    });
    const generator = new FaceGenerator(device, plan, batch);
    generator.write(own);
    return generator;
  }

  /** Goes on with other parameters. */
  write(parameters: Parameters): void {
    writeParameters(this.#plan, parametersOf(parameters, generating));
  }

  /** Faces of those people with these expressions, one by one; the seed draws the noise. */
  async generate(identity: Faces, expression: Faces, seed: number): Promise<Faces> {
    const count = identity.labels.length, size = identity.side ** 2 * 3, rng = new Rng(seed);
    const pixels = new Uint8Array(count * size), { shape: noise } = this.#input("noise");
    for (let first = 0; first < count; first += this.#batch) {
      const places = Array.from(
        { length: this.#batch },
        (_, n) => Math.min(first + n, count - 1), // a batch that is not full repeats the last
      );
      for (const [name, faces] of Object.entries({ identity, expression })) {
        this.#plan.write(name, colours(takeFaces(faces, places).pixels));
      }
      const length = noise.reduce((product, axis) => product * axis, 1);
      this.#plan.write("noise", Float32Array.from({ length }, () => rng.uniform()));
      this.#plan.run();
      const [made = new Float32Array(0)] = await this.#device.read([this.#plan.outputs]);
      const some = made.subarray(0, (count - first) * size);
      pixels.set(Uint8Array.from(some, (share) => Math.round(255 * share)), first * size);
    }
    return { side: identity.side, pixels, labels: expression.labels, people: identity.people };
  }

  /** Frees all memory. */
  [Symbol.dispose](): void {
    this.#plan[Symbol.dispose]();
  }

  #input(name: string): Tensor {
    return this.#plan.inputs.get(name) as Tensor;
  }
}
