import { type Expression, expressionOf } from "../drawing/controls.ts";
import { drawPerson, type Person } from "../people/person.ts";
import { designs } from "../people/design.ts";
import { DrawnRng } from "../drawing/drawn_rng.ts";
import { questions, type Stance } from "./grammar.ts";

/** A drawn person who speaks: a face, and a voice of their own. */
export interface Speaker {
  readonly person: Person;
  readonly voice: VoiceHabits;
}

/** How somebody usually speaks. */
export interface VoiceHabits {
  /** Hertz. */
  readonly pitch: number;
  readonly wordsPerSecond: number;
  /** How much the voice follows what is felt. */
  readonly liveliness: number;
}

/** What the voice does in a sentence: parameters, not measurements of a sound. */
export interface VoiceOfSentence {
  /** Hertz, and the deviation around it as a share. */
  readonly pitch: number;
  readonly pitchRange: number;
  /** From 0 to 1. */
  readonly loudness: number;
  readonly wordsPerSecond: number;
  /** The share of the sentence that is silent. */
  readonly pauses: number;
}

/** Which answers are planned, and how their labels come about. */
export const speakerVariants = ["conflict", "leak", "rest"] as const;
export type SpeakerVariant = typeof speakerVariants[number];

/** The question that is answered at rest where people's resting faces are unusual; from 0. */
const restingQuestion = 0;
/** Its name as a task. */
export const restingTask = `Question ${restingQuestion + 1}`;

/** What is decided of an answer before it is planned. */
export interface AnswerTask {
  readonly question: number;
  /** What the words say, and what face and voice do; 0: they rest. */
  readonly words: Stance;
  readonly shown: Stance | 0;
  /** 1: ambivalent. */
  readonly label: 0 | 1;
}

/**
 * Draws a speaker; the same one for the same numbers. In the variant `rest` their face at rest looks as if they
 * were for something or against it, by how much differs, and their voice follows nothing that they feel.
 */
export function drawSpeaker(variant: SpeakerVariant, seed: number, number: number): Speaker {
  const path = [7100, seed, number], rng = new DrawnRng(...path, 1);
  const voice = {
    pitch: rng.between(95, 230),
    wordsPerSecond: rng.between(2, 3.2),
    liveliness: rng.between(0.6, 1.2),
  };
  const person = drawPerson(designs.mild, ...path);
  if (variant !== "rest") return { person, voice };
  const rest = leaning(person.rest, new DrawnRng(...path, 6).between(-1, 1));
  return { person: { ...person, rest }, voice: { ...voice, liveliness: 0 } };
}

/** What a face has in it that always looks for something, and one that looks against it. */
const leanings: Readonly<Record<"for" | "against", Partial<Expression>>> = {
  for: { AU12: .7, AU6: .4 },
  against: { AU4: .6, AU15: .6, AU17: .3, AU7: .25 },
};

function leaning(rest: Expression, lean: number): Expression {
  const leant = { ...expressionOf(), ...rest };
  for (const [unit, most] of Object.entries(leanings[lean > 0 ? "for" : "against"])) {
    const control = unit as keyof Expression;
    leant[control] = Math.max(leant[control], Math.abs(lean) * most);
  }
  return leant;
}

/** How often each question is answered. */
const rounds = 2;

/** How often an answer is ambivalent where the question gives it away: to the fourth and the seventh. */
const leaks = (question: number) => question === 3 || question === 6 ? 0.9 : 0.15;

/**
 * What a speaker answers. `conflict`: an answer is ambivalent where face and voice are against the words,
 * and neither tells alone. `leak`: the question alone tells how likely an answer is to be ambivalent, and
 * neither words nor face nor voice tell anything more. `rest`: a conflict as in the first, of words and face
 * alone, and the first question is answered at rest, without one.
 */
export function answersOf(variant: SpeakerVariant, seed: number, number: number): AnswerTask[] {
  const rng = new DrawnRng(7200, seed, number);
  const sign = (): Stance => rng.uniform() < 0.5 ? 1 : -1;
  return Array.from({ length: rounds * questions.length }, (_, i) => {
    const question = i % questions.length, words = sign(), shown = sign();
    const chance = rng.uniform();
    if (variant === "rest" && question === restingQuestion) {
      return { question, words, shown: 0, label: 0 };
    }
    const label = variant === "leak" ? chance < leaks(question) : words !== shown;
    return { question, words, shown, label: label ? 1 : 0 };
  });
}
