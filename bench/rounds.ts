import { UsageError } from "../app/terminal/terminal.ts";

/** Repetitions that a command was asked for, in words. */
export function parseRounds(text: string): number {
  const rounds = Number(text);
  if (Number.isInteger(rounds) && rounds >= 1) return rounds;
  throw new UsageError(`Cannot measure in ${text} rounds: wanted a whole number from 1 on`);
}
