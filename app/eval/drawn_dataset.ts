import { pictureSize, type Role, roleName } from "../../demo/dataset/cast.ts";
import { drawnFeatures, type PersonFeatures } from "../../demo/dataset/drawn_features.ts";
import { drawingVersion } from "../../demo/drawing/version.ts";
import type { Clip } from "../../model/clip/clip.ts";
import type { Dataset } from "../../data/dataset.ts";
import type { Split } from "../../data/split_subjects.ts";
import { countdown } from "../terminal/countdown.ts";
import type { DrawnClip } from "./drawn_people.ts";

/** Drawn people as a dataset: a side is drawn, or read if kept, when one of its clips is first needed. */
export class DrawnDataset implements Dataset, Disposable {
  readonly name: string;
  readonly classes: readonly string[];
  readonly clips: readonly DrawnClip[];
  readonly #clip: Clip;
  readonly #folder: string;
  readonly #drawn = new Map<Role["side"], Promise<Map<Role, PersonFeatures>>>();

  /** @param folder Where features are kept, a file for each person. */
  constructor(
    name: string,
    classes: readonly string[],
    { train, held }: Split<DrawnClip>,
    { clip, folder }: { readonly clip: Clip; readonly folder: string },
  ) {
    const { size } = clip.config.image;
    if (size !== pictureSize) {
      throw new Error(
        `Cannot evaluate a model of ${size} x ${size} pictures on drawn people: they are drawn at ` +
          `${pictureSize} x ${pictureSize}, for --model demo`,
      );
    }
    this.name = name;
    this.classes = classes;
    this.clips = [...train, ...held];
    this.#clip = clip;
    this.#folder = folder;
  }

  async features({ role, number }: DrawnClip, signal?: AbortSignal): Promise<Float32Array> {
    const drawn = this.#drawn.get(role.side) ?? this.#draw(role.side, signal);
    this.#drawn.set(role.side, drawn);
    return (await drawn).get(role)?.[number] ?? new Float32Array(0);
  }

  key({ role, number }: DrawnClip): Promise<string> {
    return Promise.resolve(`${roleName(role)}/${number}, drawing ${drawingVersion}`);
  }

  [Symbol.dispose](): void {
    this.#drawn.clear();
  }

  async #draw(
    side: Role["side"],
    signal: AbortSignal | undefined,
  ): Promise<Map<Role, PersonFeatures>> {
    const roles = [...new Set(this.clips.map(({ role }) => role))]
      .filter((role) => role.side === side);
    let show: ((done: number) => void) | undefined;
    const features = await drawnFeatures(this.#clip, roles, this.#folder, {
      signal,
      // The first call says how many were kept; the time per person is known from the second on.
      onPerson: (done) => show ? show(done) : show = countdown(roles.length, "people drawn", done),
    });
    return new Map(roles.map((role, i) => [role, features[i] ?? []]));
  }
}
