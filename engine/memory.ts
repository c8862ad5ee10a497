import type { Step } from "./lower.ts";
import { type AnyTensor, type Place, tensorBytes, type Texture, textureBytes } from "./tensor.ts";

/** The memory of a plan: where it holds the tensors and textures that have no other owner. */
export interface Memory {
  readonly places: ReadonlyMap<AnyTensor, Place>;
  readonly textures: ReadonlyMap<Texture, GPUTexture>;
  readonly guardBytes: number;
  readonly bytes: number;
}

/** The inputs of `giveMemory()`. */
export interface MemoryNeeds {
  readonly steps: readonly Step[];
  /** Tensors that are written before the first step: inputs and constants. */
  readonly given: readonly AnyTensor[];
  /** Tensors that are read after the last step. */
  readonly outputs: readonly AnyTensor[];
  readonly guardBytes: number;
  takeBuffer(bytes: number, label: string): GPUBuffer;
  takeTexture(texture: Texture): GPUTexture;
}

/** Computes the lifetime of each tensor and texture and assigns it to a slot. */
export function giveMemory(needs: MemoryNeeds): Memory {
  const { steps, given, outputs, guardBytes, takeBuffer, takeTexture } = needs;
  const lives = new Map<AnyTensor | Texture, Lifetime>();
  const touch = (resource: AnyTensor | Texture, step: number) => {
    if (resource.place) return;
    const life = lives.get(resource);
    const kind = resource.kind === "texture" ? `${resource.format} ${resource.width}` : "buffer";
    const bytes = resource.kind === "texture" ? textureBytes(resource) : tensorBytes(resource);
    lives.set(resource, {
      first: Math.min(step, life?.first ?? step),
      last: Math.max(step, life?.last ?? step),
      bytes: bytes + 2 * guardBytes,
      kind: guardBytes > 0 ? `${kind} ${lives.size}` : kind,
    });
  };
  // Inputs and constants keep their contents for the next run, so they live from before the first step
  // until after the last.
  for (const tensor of given) touch(tensor, -1);
  for (const [i, { bindings, copies }] of steps.entries()) {
    for (const { from, to } of copies) {
      touch(from, i);
      touch(to, i);
    }
    for (const { to } of bindings) touch(to, i);
  }
  for (const tensor of [...given, ...outputs]) touch(tensor, steps.length);

  const resources = [...lives.keys()];
  const { slotOf, slots } = assignSlots([...lives.values()]);
  const places = new Map<AnyTensor, Place>();
  const textures = new Map<Texture, GPUTexture>();
  for (const [slot, { bytes }] of slots.entries()) {
    const sharing = resources.filter((_, i) => slotOf[i] === slot);
    const [largest] = sharing.toSorted((a, b) =>
      (lives.get(b)?.bytes ?? 0) - (lives.get(a)?.bytes ?? 0)
    );
    if (largest?.kind === "texture") {
      const gpu = takeTexture(largest);
      for (const texture of sharing) textures.set(texture as Texture, gpu);
    } else if (largest) {
      const buffer = takeBuffer(bytes, largest.label);
      for (const tensor of sharing) {
        places.set(tensor as AnyTensor, { buffer, offset: guardBytes });
      }
    }
  }
  return {
    places,
    textures,
    guardBytes,
    bytes: slots.reduce((sum, slot) => sum + slot.bytes, 0),
  };
}

/** The range of steps over which something needs memory, both ends included. */
export interface Lifetime {
  readonly first: number;
  readonly last: number;
  readonly bytes: number;
  /** Only lifetimes of one kind can share memory (buffers, or textures of one width). */
  readonly kind: string;
}

/** The slot of each lifetime, and the size that each slot needs. */
export interface SlotPlan {
  readonly slotOf: readonly number[];
  readonly slots: readonly { readonly bytes: number; readonly kind: string }[];
}

/**
 * Assigns lifetimes to slots so that no two that overlap share one: greedy by size (arXiv 2001.03288),
 * largest first, each into the first slot of its kind that is free over its whole range. Because both
 * ends are included, an operation's output never shares memory with its inputs. Slots become separate
 * buffers and not ranges of one, since WebGPU tracks usage by buffer: a dispatch could not read one
 * range and write another.
 */
export function assignSlots(lifetimes: readonly Lifetime[]): SlotPlan {
  const order = lifetimes.map((_, i) => i).sort((a, b) =>
    (lifetimes[b]?.bytes ?? 0) - (lifetimes[a]?.bytes ?? 0) || a - b
  );
  const slots: { bytes: number; kind: string; held: Lifetime[] }[] = [];
  const slotOf = new Array<number>(lifetimes.length).fill(-1);
  for (const i of order) {
    const life = lifetimes[i];
    if (!life) continue;
    let slot = slots.findIndex(({ kind, held }) =>
      kind === life.kind &&
      held.every((other) => other.last < life.first || life.last < other.first)
    );
    if (slot < 0) slot = slots.push({ bytes: life.bytes, kind: life.kind, held: [] }) - 1;
    slots[slot]?.held.push(life);
    slotOf[i] = slot;
  }
  return { slotOf, slots: slots.map(({ bytes, kind }) => ({ bytes, kind })) };
}
