import { bell, clamp, sine } from "../drawing/exact.ts";
import { type Control, controls, type Expression, onSides } from "../drawing/controls.ts";
import { DrawnRng } from "../drawing/drawn_rng.ts";
import type { DrawnFace } from "../drawing/face_plan.ts";
import { planClip } from "../people/clip.ts";
import { speak, type Stance } from "./grammar.ts";
import type { AnswerTask, Speaker, VoiceOfSentence } from "./speaker.ts";

/** A sentence of an answer, with its time in seconds. */
export interface SpokenSentence {
  readonly text: string;
  readonly start: number;
  readonly end: number;
  /** What the words say, and what face and voice do. */
  readonly words: Stance;
  readonly shown: Stance | 0;
  readonly voice: VoiceOfSentence;
}

/** An answer before it is drawn. */
export interface Answer {
  readonly sentences: readonly SpokenSentence[];
  /** At `framesPerSecond`. */
  readonly faces: readonly DrawnFace[];
}

/** Of the planned faces. */
export const framesPerSecond = 5;

/** Sentences of an answer. */
const sentenceCount = 3;

/** What a face shows for and against something. */
const shownUnits: Readonly<Record<"for" | "against", Partial<Expression>>> = {
  for: { AU6: .6, AU12: .85, AU25: .2 },
  against: { AU4: .75, AU15: .7, AU17: .4, AU7: .35 },
};

/**
 * Plans an answer. Face and voice are as the task says, in all sentences or only in those given by
 * `where`, while they go with the words in the others.
 */
export function planAnswer(
  { person, voice }: Speaker,
  { question, words, shown }: AnswerTask,
  path: readonly number[],
  where: (sentence: number) => boolean = () => true,
): Answer {
  const rng = new DrawnRng(...path, 2), sentences: SpokenSentence[] = [];
  let start = rng.between(.2, .6);
  for (let i = 0; i < sentenceCount; i++) {
    const text = speak(rng, question, words), own = where(i) ? shown : words;
    const spoken = voiceOf(voice, own, rng);
    const seconds = text.split(" ").length / spoken.wordsPerSecond / (1 - spoken.pauses);
    sentences.push({ text, start, end: start + seconds, words, shown: own, voice: spoken });
    start += seconds + rng.between(.2, .6);
  }
  const frames = Math.ceil(start * framesPerSecond);
  const planned = planClip(person, false, [...path, 3], frames);
  const shows = planned.expressions.map((): Record<string, number> => ({}));
  for (const { start, end, shown } of sentences) {
    if (shown === 0) continue;
    const strength = person.expressiveness * rng.between(.8, 1.2);
    const middle = (start + end) / 2, half = (end - start) / 1.6;
    for (const [unit, most] of Object.entries(shownUnits[shown > 0 ? "for" : "against"])) {
      const own = most * strength * rng.between(.8, 1.2);
      for (const [t, show] of shows.entries()) {
        const at = own * bell((t / framesPerSecond - middle) / half);
        show[unit] = Math.max(show[unit] ?? 0, at);
      }
    }
  }
  const phase = rng.between(0, 6), speed = 2 * rng.between(3, 5);
  const faces = planned.faces.map((face, t): DrawnFace => {
    const expression = { ...planned.expressions[t] } as Record<Control, number>;
    for (const control of controls) {
      expression[control] = clamp(expression[control] + (shows[t]?.[control] ?? 0), 0, 1);
    }
    const seconds = t / framesPerSecond;
    if (sentences.some(({ start, end }) => seconds >= start && seconds < end)) {
      const open = .35 * (.5 + .5 * sine(speed * seconds + phase));
      expression.AU25 = clamp(expression.AU25 + open, 0, 1);
      expression.AU26 = clamp(expression.AU26 + .5 * open, 0, 1);
    }
    return { ...face, ...onSides(expression, person.lopsided) };
  });
  return { sentences, faces };
}

/** A voice is higher, wider, louder and faster for something than against it. */
function voiceOf(
  { pitch, wordsPerSecond, liveliness }: Speaker["voice"],
  shown: Stance | 0,
  rng: DrawnRng,
): VoiceOfSentence {
  const felt = shown * liveliness, noisy = (deviation: number) => 1 + rng.normal(0, deviation);
  return {
    pitch: pitch * (1 + .10 * felt) * noisy(.04),
    pitchRange: clamp(.12 * (1 + .4 * felt) * noisy(.15), .02, .4),
    loudness: clamp(.5 * (1 + .25 * felt) * noisy(.12), .05, 1),
    wordsPerSecond: wordsPerSecond * (1 + .12 * felt) * noisy(.06),
    pauses: clamp(.18 * (1 - .4 * felt) * noisy(.2), .02, .5),
  };
}

/** The voice of an answer as numbers: the means over its sentences, with the pitch as a logarithm. */
export function voiceNumbers(sentences: readonly SpokenSentence[]): number[] {
  const mean = (of: (voice: VoiceOfSentence) => number) =>
    sentences.reduce((sum, { voice }) => sum + of(voice), 0) / sentences.length;
  return [
    mean(({ pitch }) => Math.log(pitch)),
    mean(({ pitchRange }) => pitchRange),
    mean(({ loudness }) => loudness),
    mean(({ wordsPerSecond }) => wordsPerSecond),
    mean(({ pauses }) => pauses),
  ];
}

/** An answer's words as text, a sentence a line. */
export function transcriptOf(sentences: readonly SpokenSentence[]): string {
  return sentences.map(({ text }) => `${text}.`).join("\n");
}
