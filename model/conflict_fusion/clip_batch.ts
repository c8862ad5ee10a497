import type { Plan, Recorder } from "../../engine/mod.ts";
import type { ConflictBatch } from "./conflict_fusion.ts";
import type { ConflictSizes, Modality } from "./sizes.ts";

/** What is known of a clip: an embedding for each modality that it has. */
export type KnownClip = Readonly<Partial<Record<Modality, ArrayLike<number>>>>;

/** Records the inputs of a batch of clips. */
export function batchInputs(r: Recorder, { modalities }: ConflictSizes, batch: number) {
  return Object.fromEntries(modalities.map(({ name, width, mayLack }) => [name, {
    x: r.input(`x.${name}`, [batch, width]),
    ...mayLack && { has: r.input(`has.${name}`, [batch, 1]) },
    ...mayLack && { lacks: r.input(`lacks.${name}`, [batch, 1]) },
  }])) as ConflictBatch;
}

/** Writes clips into those inputs; where there are fewer than the batch holds, the rest lack everything. */
export function writeBatch(
  plan: Plan,
  { modalities }: ConflictSizes,
  batch: number,
  clips: readonly KnownClip[],
): void {
  for (const { name, width, mayLack } of modalities) {
    const x = new Float32Array(batch * width), has = new Float32Array(batch);
    for (const [i, clip] of clips.entries()) {
      const embedding = clip[name];
      if (embedding === undefined && !mayLack) {
        throw new TypeError(`Cannot fuse clip ${i}: the model takes none without ${name}`);
      }
      if (embedding === undefined) continue;
      if (embedding.length !== width) {
        throw new TypeError(
          `Cannot fuse clip ${i}: its ${name} has ${embedding.length} numbers: wanted ${width}`,
        );
      }
      x.set(embedding, i * width);
      has[i] = 1;
    }
    plan.write(`x.${name}`, x);
    if (!mayLack) continue;
    plan.write(`has.${name}`, has);
    plan.write(`lacks.${name}`, has.map((there) => 1 - there));
  }
}
