import { drawPerson, type Person } from "../people/person.ts";
import { type DesignName, designs } from "../people/design.ts";
import { planClip, type PlannedClip } from "../people/clip.ts";

/** The names of the demo's classes. */
export const classes = ["neutral", "pain"] as const;

/** How large the benchmark is. */
export interface BenchmarkSize {
  readonly sources: number;
  readonly sourceClips: number;
  /** For each seed. */
  readonly targets: number;
  readonly targetClips: number;
  readonly seeds: readonly number[];
  /** Draws of the released code's random context, for its spread. */
  readonly draws: number;
}

/** The size of the benchmark as it is reported. */
export const fullSize: BenchmarkSize = {
  sources: 77,
  sourceClips: 20,
  targets: 10,
  targetClips: 40,
  seeds: [1, 2, 3],
  draws: 10,
};

/** A person of the benchmark, by the numbers that they are drawn from. */
export interface Role {
  readonly design: DesignName;
  /** Heads are trained on sources, never on targets. */
  readonly side: "source" | "target";
  /** Each seed gives other people. */
  readonly seed: number;
  readonly number: number;
  readonly clips: number;
}

/** The side of the pictures that the demo's model takes, in pixels. */
export const pictureSize = 96;

/** Every second clip is of pain. */
export function labelOf(clip: number): 0 | 1 {
  return clip % 2 === 0 ? 0 : 1;
}

const path = ({ design, side, seed, number }: Role) => [
  Object.keys(designs).indexOf(design),
  side === "source" ? 0 : 1,
  seed,
  number,
];

/** Draws the person of a role. */
export function castPerson(role: Role): Person {
  return drawPerson(designs[role.design], ...path(role));
}

/** Plans one of their clips. */
export function castClip(role: Role, person: Person, clip: number): PlannedClip {
  return planClip(person, labelOf(clip) === 1, [...path(role), clip]);
}

/** A role as a file name. */
export function roleName({ design, side, seed, number, clips }: Role): string {
  return `${design}-${side}-${seed}-${number}-${clips}`;
}

function rolesOf(people: number, shared: Omit<Role, "number">): Role[] {
  return Array.from({ length: people }, (_, number) => ({ ...shared, number }));
}

/** Those that heads are trained on. */
export function sources(design: DesignName, people: number, clips: number): Role[] {
  return rolesOf(people, { design, side: "source", seed: 0, clips });
}

/** Those that methods are tested on. */
export function targets(design: DesignName, seed: number, people: number, clips: number): Role[] {
  return rolesOf(people, { design, side: "target", seed, clips });
}
