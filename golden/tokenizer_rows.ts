import { auPrompts, sentenceOf } from "../model/clip_au/au_prompts.ts";
import { readPosition } from "../model/clip/pack_prompts.ts";
import type { Tokenizer } from "../model/tokenizer/tokenizer.ts";
import { layPrompts } from "../tta/clip_autt/prompt_layout.ts";
import type { GoldenSet } from "./golden_set.ts";
import type { GoldenReport } from "./report.ts";

/** `tokenizer.json`: texts with the ids that the original gives them. */
interface Cases {
  readonly cases: readonly {
    readonly text: string;
    readonly ids: readonly number[];
    readonly decoded: string;
    /** Whether the original's repair of wrongly decoded text changes the ids. */
    readonly ftfy_changes_ids: boolean;
    readonly tokenize77?: readonly number[];
    readonly tokenize77_error?: string;
    readonly tokenize77_truncate?: readonly number[];
    readonly argmax_pos?: number;
  }[];
  readonly au_prompts: readonly string[];
  readonly au_raw_ids: readonly (readonly number[])[];
  readonly au_spaced_dot_ids: readonly (readonly number[])[];
}

/** The positions that CLIP's text tower has. */
const context = 77;

/** Compares the tokenizer with the original's ids. */
export async function compareTokenizer(
  set: GoldenSet,
  report: GoldenReport,
  tokenizer: Tokenizer | undefined,
): Promise<void> {
  const golden = await set.json<Cases>("tokenizer.json");
  report.equal("tokenizer: the AU prompts", auPrompts, golden.au_prompts);
  if (!tokenizer) {
    report.leaveOut(golden.cases.map(({ text }) => JSON.stringify(text)), "no vocabulary");
    return;
  }
  const repaired: string[] = [];
  for (const test of golden.cases) {
    const { text } = test, ids = tokenizer.encode(text);
    const name = `tokenizer: ${JSON.stringify(text.length > 40 ? `${text.slice(0, 40)}…` : text)}`;
    // Texts changed by the repair of wrongly decoded text differ here; all others must match.
    if (test.ftfy_changes_ids && isWronglyDecoded(text)) {
      repaired.push(JSON.stringify(text));
      continue;
    }
    report.equal(name, ids, test.ids);
    report.equal(`${name} decoded`, tokenizer.decode(ids), test.decoded);
    const whole = attempt(() => tokenizer.prompt(text, { contextLength: context }));
    report.equal(`${name} in ${context}`, whole ?? "refused", test.tokenize77 ?? "refused");
    if (test.argmax_pos !== undefined && whole) {
      report.equal(`${name} read at`, readPosition(whole), test.argmax_pos);
    }
    if (test.tokenize77_truncate) {
      const cut = tokenizer.prompt(text, { contextLength: context, truncate: true });
      report.equal(`${name} cut`, cut, test.tokenize77_truncate);
    }
  }
  report.leaveOut(repaired, "they need the repair of wrongly decoded text");
  const encoded = (texts: readonly string[]) => texts.map((text) => tokenizer.encode(text));
  report.equal("tokenizer: au_raw_ids", encoded(auPrompts), golden.au_raw_ids);
  report.equal(
    "tokenizer: au_spaced_dot_ids",
    encoded(auPrompts.map(sentenceOf)),
    golden.au_spaced_dot_ids,
  );
}

/** The rows of golden tensors that are token ids, or follow from them. */
export function computeIdRows(
  tokenizer: Tokenizer,
  classes: readonly string[],
  contextTokens: number,
): [string, number[]][] {
  const raw = auPrompts.map((text) => tokenizer.prompt(text));
  const sentences = auPrompts.map((text) => tokenizer.prompt(sentenceOf(text)));
  // The tokens of "[CLS]", which the original's prompt learner means to replace.
  const learnt = classes.map((text) =>
    tokenizer.prompt(`a person with an expression of cls [ ] ${text.split("_").at(-1)}.`)
  );
  const padded = (prompts: readonly number[][]) =>
    prompts.flatMap((ids) => [...ids, ...new Array<number>(context - ids.length).fill(0)]);
  return [
    ["text.base_au.ids", padded(raw)],
    ["text.class.ids", padded(classes.map((text) => tokenizer.prompt(text)))],
    ["autt.ids", padded(sentences)],
    ["autt.read_pos", sentences.map(readPosition)],
    ["autt_cls.equivalent_ids", padded(learnt)],
    ["autt_cls.read_pos", learnt.map(readPosition)],
    ...tunedIdRows(sentences, contextTokens),
  ];
}

/** Tuned prompts with the words kept: their tokens, 0 where a tuned vector stands. */
function tunedIdRows(
  sentences: readonly (readonly number[])[],
  contextTokens: number,
): [string, number[]][] {
  const { positions, fixed, read } = layPrompts(sentences, {
    contextTokens,
    keepWords: true,
    place: "before words",
  });
  const units = sentences.length, ids = new Array<number>(units * context).fill(0);
  let unit = 0;
  for (const [row, position] of positions.entries()) {
    if (row > (read[unit] ?? 0)) unit++;
    ids[unit * context + position] = fixed.get(row) ?? 0;
  }
  // The start token is one row for all.
  for (let u = 0; u < units; u++) ids[u * context] = fixed.get(0) ?? 0;
  return [["fixed.ids", ids], ["fixed.read_pos", [...read].map((row) => positions[row] ?? 0)]];
}

/** Whether a text looks like UTF-8 that was read as Latin-1 or Windows-1252: `Ã©` for `é`. */
function isWronglyDecoded(text: string): boolean {
  return /[\u00C2-\u00F4][\u0080-\u00BF\u0152-\u0178\u02C6\u02DC\u2013-\u203A\u20AC\u2122]/.test(
    text,
  );
}

/** The result of an action, or undefined if it throws. */
function attempt<T>(action: () => T): T | undefined {
  try {
    return action();
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}
