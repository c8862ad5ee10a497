import { createHash } from "node:crypto";
import {
  castClip,
  castPerson,
  labelOf,
  pictureSize,
  type Role,
  roleName,
  sources,
  targets,
} from "../../demo/dataset/cast.ts";
import { drawnFeatures, type PersonFeatures } from "../../demo/dataset/drawn_features.ts";
import { drawFace } from "../../demo/drawing/draw_face.ts";
import { drawingVersion } from "../../demo/drawing/version.ts";
import { type DesignName, sourceDesign } from "../../demo/people/design.ts";
import { ImagePreparer } from "../../media/image_preparer.ts";
import { withoutAlpha } from "../../media/without_alpha.ts";
import type { Clip } from "../../model/clip/clip.ts";
import type { Dataset, DatasetClip, RestingRule } from "../../data/dataset.ts";
import type { Split } from "../../data/split_subjects.ts";
import { countdown } from "../terminal/status_line.ts";

/** Which drawn people to evaluate on. */
export interface DrawnPeople {
  readonly design: DesignName;
  /** Draws the targets. The sources are the same for all seeds: the demo's heads were trained on them. */
  readonly seed: number;
  readonly targets: number;
  readonly targetClips: number;
  readonly sources: number;
  readonly sourceClips: number;
}

/** A clip that can be drawn. */
export interface DrawnClip extends DatasetClip {
  readonly role: Role;
  /** Its index among the person's clips. It gives the label away, so names don't contain it. */
  readonly number: number;
}

/** As in the demo's benchmark: people hold still for some of their clips without pain. */
export const drawnRest: RestingRule = {
  about: "a neutral clip that is drawn for enrolment",
  is: (clip) => "number" in clip && labelOf(Number(clip.number)) === 0,
  fewSuffice: true,
};

/** Lists the clips of both sides; nothing is drawn yet. */
export function listDrawnClips(people: DrawnPeople): Split<DrawnClip> {
  const { design, seed } = people;
  const taught = sources(sourceDesign[design], people.sources, people.sourceClips);
  return {
    train: taught.flatMap(clipsOf),
    held: targets(design, seed, people.targets, people.targetClips).flatMap(clipsOf),
  };
}

/** A person's clips, sorted by their random names; every second index is a clip of pain. */
function clipsOf(role: Role): DrawnClip[] {
  const subject = `${role.side}-${String(role.number + 1).padStart(2, "0")}`;
  return Array.from({ length: role.clips }, (_, number) => {
    const id = `${subject}/${nameOf(role, number)}`;
    return { id, subject, video: id, label: labelOf(number), role, number };
  }).sort((a, b) => a.id < b.id ? -1 : 1);
}

function nameOf(role: Role, number: number): string {
  return createHash("sha256").update(`${roleName(role)} ${number}`).digest("hex").slice(0, 8);
}

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

  /** Drawn once more: pictures are kept nowhere. */
  async faces({ role, number }: DrawnClip, side: number): Promise<Uint8Array<ArrayBuffer>> {
    using preparer = new ImagePreparer(this.#clip.device, side);
    const squares: Uint8Array[] = [], width = pictureSize, height = pictureSize;
    for (const face of castClip(role, castPerson(role), number).faces) {
      squares.push(await preparer.prepare({ width, height, data: drawFace(face, pictureSize) }));
    }
    return withoutAlpha(squares, side);
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
