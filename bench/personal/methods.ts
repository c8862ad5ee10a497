import { ClipAu } from "../../model/clip_au/clip_au.ts";
import type { Head } from "../../model/clip_au/head_file.ts";
import type { Clip } from "../../model/clip/clip.ts";
import { ClipAutt } from "../../tta/clip_autt/clip_autt.ts";
import { tuningModes, type TuningSettings } from "../../tta/clip_autt/tuning_settings.ts";
import { largestAt } from "../../numbers/vectors.ts";
import { centred, neutralMean } from "../../model/clip_au/neutral.ts";
import { FoundRest } from "../../model/clip_au/rest.ts";
import type { MethodSetup } from "../../tta/methods/mod.ts";
import type { Device } from "../../engine/mod.ts";
import { labelOf } from "../../demo/dataset/cast.ts";
import type { PersonFeatures } from "../../demo/dataset/drawn_features.ts";
import { enrolledClips, neutralClips } from "./heads.ts";
import type { LinearProbe } from "./linear_probe.ts";

/** A clip that methods decide on without its label. */
export interface TestClip {
  readonly features: Float32Array<ArrayBuffer>;
  readonly label: number;
}

/** A person whom methods are tested on. */
export interface TestPerson {
  readonly clips: readonly TestClip[];
  /** Clips known to be neutral, for enrolment; no method is tested on them. */
  readonly neutral: readonly Float32Array<ArrayBuffer>[];
}

/** A person's test clips: without those for enrolment, and with at most so many of pain. */
export function testPerson(person: PersonFeatures, painClips = Infinity): TestPerson {
  const neutral = neutralClips(person, enrolledClips);
  let pain = 0;
  return {
    neutral,
    clips: person.map((features, i) => ({ features, label: labelOf(i) }))
      .filter(({ features, label }) =>
        !neutral.includes(features) && (label === 0 || pain++ < painClips)
      ),
  };
}

/** Decides on all clips of each person; classes by person and clip. */
export type Method = (people: readonly TestPerson[]) => Promise<number[][]>;

/** A method that decides on each person by themselves, one after the other. */
function oneByOne(decide: (person: TestPerson) => Promise<number[]>): Method {
  return async (people) => {
    const decided: number[][] = [];
    for (const person of people) decided.push(await decide(person));
    return decided;
  };
}

/** Settings for comparison only. */
export const comparisons = {
  /** No step at all: the effect of choosing windows alone. */
  window: { ...tuningModes.subject, mode: "window", steps: 0 },
  /** Entropy alone, starting from the unadapted model. */
  certainty: {
    ...tuningModes.subject,
    mode: "certainty",
    tuneOn: "window",
    loss: "entropy",
    rate: 1e-3,
  },
} as const satisfies Record<string, TuningSettings>;

/** Methods on one head. */
export class HeadMethods implements Disposable {
  readonly #model: ClipAu;
  readonly #tuners = new Map<string, ClipAutt>();

  private constructor(model: ClipAu) {
    this.#model = model;
  }

  static async open(device: Device, clip: Clip, head: Head): Promise<HeadMethods> {
    return new HeadMethods(await ClipAu.open(device, clip, head));
  }

  /** A person's clips as the head takes them, centred by so many neutral ones. */
  #prepared(person: TestPerson, enrolled: number): Float32Array<ArrayBuffer>[] {
    const { neutral: usual } = this.#model.head, width = this.#model.clip.config.embedding;
    if (enrolled === 0 || !usual) return person.clips.map(({ features }) => features);
    const { mean } = neutralMean(person.neutral.slice(0, enrolled), width);
    return person.clips.map(({ features }) => centred(features, mean, usual));
  }

  /** CLIP-AU without adaptation. */
  plain(enrolled: number): Method {
    return oneByOne(async (person) => {
      const predictions = await this.#model.predict(this.#prepared(person, enrolled));
      return predictions.map(({ logits }) => largestAt(logits));
    });
  }

  /** Relative to a resting face that is found without asking, in what was seen so far or in all clips. */
  rest(ahead: boolean): Method {
    const { neutral: usual, rest: finder } = this.#model.head;
    if (!usual || !finder) throw new TypeError("Cannot find resting faces by this head");
    return oneByOne(async ({ clips }) => {
      const found = new FoundRest(finder, usual);
      if (ahead) { for (const { features } of clips) found.see(features); }
      const prepared = clips.map(({ features }) => {
        if (!ahead) found.see(features);
        return centred(features, found.mean(), usual);
      });
      return (await this.#model.predict(prepared)).map(({ logits }) => largestAt(logits));
    });
  }

  /** What a method of the product needs, with this head. */
  setup(device: Device): MethodSetup {
    const { clip, head } = this.#model;
    return { device, clip, model: this.#model, classes: head.classes, sources: [], draw: 0 };
  }

  /** With the best threshold for each person: an oracle. */
  oracle(): Method {
    return oneByOne(async (person) => {
      const predictions = await this.#model.predict(this.#prepared(person, 0));
      const margins = predictions.map(({ logits: [a = NaN, b = NaN] }) => b - a);
      const decisions = [-Infinity, ...margins].map((threshold) =>
        margins.map((margin) => margin > threshold ? 1 : 0)
      );
      const right = (some: readonly number[]) =>
        some.filter((label, i) => label === person.clips[i]?.label).length;
      return decisions.reduce((best, some) => right(some) > right(best) ? some : best);
    });
  }

  /** CLIP-AUTT on all of a person's clips together; with `carry` it continues from person to person. */
  tuned(settings: TuningSettings, enrolled: number, carry = false): Method {
    return async (people) => {
      const autt = await this.#tuner(settings, carry ? "subject" : "video");
      autt.forget();
      return await oneByOne(async (person) => {
        const adapted = await autt.adaptTogether(this.#prepared(person, enrolled));
        return adapted.map(({ after }) => largestAt(after.probabilities));
      })(people);
    };
  }

  async #tuner(settings: TuningSettings, reset: "video" | "subject"): Promise<ClipAutt> {
    const key = JSON.stringify([settings, reset]);
    const known = this.#tuners.get(key) ?? await ClipAutt.open(this.#model, { settings, reset });
    this.#tuners.set(key, known);
    return known;
  }

  [Symbol.dispose](): void {
    for (const tuner of this.#tuners.values()) tuner[Symbol.dispose]();
    this.#model[Symbol.dispose]();
  }
}

/** A linear probe's decisions. */
export function probed(probe: LinearProbe): Method {
  return (people) =>
    Promise.resolve(
      people.map(({ clips }) => clips.map(({ features }) => probe(features) > 0 ? 1 : 0)),
    );
}
