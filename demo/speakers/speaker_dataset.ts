import { join } from "node:path";
import type { Dataset, DatasetClip } from "../../data/dataset.ts";
import type { Split } from "../../data/split_subjects.ts";
import { ifThere } from "../../io/files/if_there.ts";
import { writeAtomically } from "../../io/files/write_atomically.ts";
import { openTensors } from "../../io/tensors/open_tensors.ts";
import { toFloat32 } from "../../io/tensors/stored_type.ts";
import { encodeSafetensors } from "../../io/tensors/write_safetensors.ts";
import type { Clip } from "../../model/clip/clip.ts";
import { pictureSize } from "../dataset/cast.ts";
import { drawFace } from "../drawing/draw_face.ts";
import { drawingVersion } from "../drawing/version.ts";
import { type Answer, planAnswer, transcriptOf, voiceNumbers } from "./answer.ts";
import { answersOf, drawSpeaker, type SpeakerVariant } from "./speaker.ts";

/** An answer of a drawn speaker. */
export interface SpeakerClip extends DatasetClip {
  readonly variant: SpeakerVariant;
  readonly seed: number;
  /** Of the speaker, and of the answer among theirs. */
  readonly number: number;
  readonly answer: number;
}

/** Which speakers there are. */
export interface SpeakerCount {
  readonly sources: number;
  readonly targets: number;
  readonly seed: number;
}

/** Frames of an answer that are drawn, at equal distances. */
const framesDrawn = 4;

/** The names of the classes. */
export const speakerClasses = ["neutral", "ambivalence"] as const;

/** Sources are drawn from another seed than targets. */
const sourceSeed = 1_000_000;

/** Lists the answers of both sides; nothing is drawn yet. */
export function listSpeakers(
  variant: SpeakerVariant,
  { sources, targets, seed }: SpeakerCount,
): Split<SpeakerClip> {
  const side = (name: string, own: number, people: number) =>
    Array.from({ length: people }, (_, number) => number).flatMap((number) => {
      const subject = `${name}-${String(number + 1).padStart(3, "0")}`;
      const tasks = answersOf(variant, own, number);
      return tasks.map(({ question, label }, answer): SpeakerClip => {
        const planned = { variant, seed: own, number, answer };
        const { sentences } = planOf(planned);
        return {
          id: `${subject}/${answer + 1}`,
          ...{ subject, video: `${subject}/${answer + 1}`, label, ...planned },
          task: `Question ${question + 1}`,
          transcript: transcriptOf(sentences),
          voice: voiceNumbers(sentences),
        };
      });
    });
  return { train: side("source", sourceSeed, sources), held: side("target", seed, targets) };
}

/** Which answer it is. */
export type SpeakerAnswer = Pick<SpeakerClip, "variant" | "seed" | "number" | "answer">;

/** Where a leak is planted, answers are said and shown as where a conflict is. */
const shownAs = (variant: SpeakerVariant) => variant === "leak" ? "conflict" : variant;

/** An answer as it is said and shown. */
export function planOf({ variant, seed, number, answer }: SpeakerAnswer): Answer {
  const shown = shownAs(variant), task = answersOf(shown, seed, number)[answer];
  if (!task) throw new RangeError(`Cannot plan answer ${answer}: nobody has so many`);
  return planAnswer(drawSpeaker(shown, seed, number), task, [7300, seed, number, answer]);
}

/** Answers of drawn speakers: faces are drawn and embedded, words are embedded, voices are parameters. */
export class SpeakerDataset implements Dataset {
  readonly name: string;
  readonly classes: readonly string[] = speakerClasses;
  readonly clips: readonly SpeakerClip[];
  readonly #clip: Clip;
  readonly #folder: string;
  readonly #drawn = new Map<string, Promise<Float32Array>>();

  /** @param folder Where the features of faces are kept, a file for each speaker. */
  constructor(
    variant: SpeakerVariant,
    { train, held }: Split<SpeakerClip>,
    { clip, folder }: { readonly clip: Clip; readonly folder: string },
  ) {
    this.name = `drawn speakers, ${variant}`;
    this.clips = [...train, ...held];
    this.#clip = clip;
    this.#folder = folder;
  }

  async features({ answer, ...speaker }: SpeakerClip, signal?: AbortSignal) {
    const name = keptName(speaker);
    const drawn = this.#drawn.get(name) ?? this.#draw(speaker, signal);
    this.#drawn.set(name, drawn);
    const size = framesDrawn * this.#clip.config.embedding;
    return (await drawn).subarray(answer * size, (answer + 1) * size);
  }

  key({ answer, ...speaker }: SpeakerClip): Promise<string> {
    return Promise.resolve(`${keptName(speaker)}/${answer}, drawing ${drawingVersion}`);
  }

  /** All answers of a speaker. */
  async #draw(
    { variant, seed, number }: Omit<SpeakerAnswer, "answer">,
    signal?: AbortSignal,
  ): Promise<Float32Array> {
    const model = (await this.#clip.featureKey()).slice(0, 12);
    const path = join(
      this.#folder,
      `speaker-${keptName({ variant, seed, number })}-${drawingVersion}-${model}.safetensors`,
    );
    const kept = await ifThere(readKept(path));
    if (kept) return kept;
    const pictures = answersOf(variant, seed, number).flatMap((_, answer) => {
      const { faces } = planOf({ variant, seed, number, answer });
      return Array.from({ length: framesDrawn }, (_, i) => {
        signal?.throwIfAborted();
        const face = faces[Math.floor((i + .5) * faces.length / framesDrawn)];
        return drawFace(face as Answer["faces"][number], pictureSize);
      });
    });
    const data = await this.#clip.images.encode(pictures);
    await Deno.mkdir(this.#folder, { recursive: true });
    const shape = [pictures.length, this.#clip.config.embedding];
    await writeAtomically(path, encodeSafetensors({ features: { dtype: "F32", shape, data } }));
    return data;
  }
}

/** What is kept of a speaker is named so. */
export function keptName({ variant, seed, number }: Omit<SpeakerAnswer, "answer">): string {
  return `${variant === "rest" ? "rest-" : ""}${seed}-${number}`;
}

async function readKept(path: string): Promise<Float32Array<ArrayBuffer> | undefined> {
  using file = await openTensors(path);
  const tensor = file.tensors.get("features");
  return tensor && toFloat32(tensor.dtype, await file.read("features"));
}
