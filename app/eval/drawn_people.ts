import { createHash } from "node:crypto";
import { labelOf, type Role, roleName, sources, targets } from "../../demo/dataset/cast.ts";
import type { DesignName } from "../../demo/people/design.ts";
import { sourceDesign } from "../../demo/people/design.ts";
import type { DatasetClip } from "../../data/dataset.ts";
import type { Split } from "../../data/split_subjects.ts";

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
