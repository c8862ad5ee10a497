import type { Device } from "../../engine/mod.ts";
import { ImagePreparer } from "../../media/image_preparer.ts";
import type { Clip } from "../../model/clip/clip.ts";
import { auPrompts } from "../../model/clip_au/au_prompts.ts";
import { facsUnit, unitSets } from "../../model/clip_au/facs.ts";
import { average, dot, unit } from "../../numbers/vectors.ts";
import type { Faces } from "../../tta/dsfda/faces.ts";

/** The units of pain, as Prkachin and Solomon have them. */
const painUnits = new Set(
  unitSets.filter(({ name }) => name === "pain").flatMap(({ groups }) => groups.flat()),
);

/** What the demo's CLIP tells of faces: who they are, and how much they look like pain. */
export class ClipJudge implements Disposable {
  readonly #clip: Clip;
  readonly #preparer: ImagePreparer;
  readonly #pain: readonly Float64Array[];

  private constructor(clip: Clip, preparer: ImagePreparer, pain: readonly Float64Array[]) {
    this.#clip = clip;
    this.#preparer = preparer;
    this.#pain = pain;
  }

  static async open(device: Device, clip: Clip): Promise<ClipJudge> {
    const { embedding } = clip.config, texts = await clip.encodeTexts(auPrompts);
    const pain = auPrompts.flatMap((prompt, i) =>
      painUnits.has(facsUnit(prompt).code ?? "")
        ? [unit(texts.subarray(i * embedding, (i + 1) * embedding))]
        : []
    );
    return new ClipJudge(clip, new ImagePreparer(device, clip.config.image.size), pain);
  }

  /** Each face's features at unit length. Real faces go through here too, as small as generated ones. */
  async see({ side, pixels }: Faces): Promise<Float64Array[]> {
    const size = side * side * 3, squares: Uint8Array<ArrayBuffer>[] = [];
    for (let at = 0; at < pixels.length; at += size) {
      const data = pixels.slice(at, at + size);
      squares.push(await this.#preparer.prepare({ width: side, height: side, data }));
    }
    const features = await this.#clip.images.encode(squares), { embedding } = this.#clip.config;
    return squares.map((_, n) => unit(features.subarray(n * embedding, (n + 1) * embedding)));
  }

  /** The mean similarity of faces to the prompts of pain's units. */
  pain(faces: readonly Float64Array[]): number {
    return average(faces.map((face) => average(this.#pain.map((text) => dot(face, text)))));
  }

  [Symbol.dispose](): void {
    this.#preparer[Symbol.dispose]();
  }
}
