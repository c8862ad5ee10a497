import type { DrawnRng } from "../drawing/drawn_rng.ts";

/** For or against what is asked about. */
export type Stance = 1 | -1;

/** What each question is about: things that one can do. */
export const questions: readonly (readonly [string, ...string[]])[] = [
  ["get up early", "make the bed", "open the window"],
  ["play the piano", "paint a picture", "read a good book"],
  ["clean the kitchen", "do the laundry", "wash the car"],
  ["eat less sugar", "stop smoking", "give up late films"],
  ["walk to work", "help a neighbour", "cook for the family"],
  ["join a gym", "see the dentist", "run every day"],
  ["change my job", "learn a language", "move to the country"],
];

const openings = ["well", "you know", "so", "let me think", "to be honest", "right now"];
const times = ["tomorrow", "this week", "after work", "every morning", "in the summer", "soon"];

/**
 * Sentences for and against; `DO` is what it is about, `WHEN` a time. The demo's small text tower was
 * trained on words about faces: so people say what a thing does to theirs.
 */
const sentences: Readonly<Record<"for" | "against", readonly [string, ...string[]]>> = {
  for: [
    "yes i want to DO it makes me smile",
    "i smile when i DO WHEN",
    "i am happy to DO and smile",
    "i will DO WHEN with a smile",
    "i love it and smile when i DO",
    "to DO WHEN makes me smile",
  ],
  against: [
    "no i refuse to DO it is a pain",
    "i frown when i DO WHEN",
    "i am sad to DO and in pain",
    "i never DO WHEN without pain",
    "i hate it and frown when i DO",
    "to DO WHEN is a pain and makes me frown",
  ],
};

/** A sentence of a stance about what a question asks. */
export function speak(rng: DrawnRng, question: number, stance: Stance): string {
  const pick = (items: readonly string[]) => items[rng.integer(0, items.length - 1)] as string;
  const about = questions[question % questions.length] as readonly string[];
  const said = pick(sentences[stance > 0 ? "for" : "against"])
    .replace("DO", pick(about)).replace("WHEN", pick(times));
  return rng.uniform() < 0.5 ? `${pick(openings)} ${said}` : said;
}
