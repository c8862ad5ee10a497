import { formatSeconds } from "./progress_line.ts";
import { say, showStatus } from "./status_line.ts";

/** Where a countdown is shown. */
export interface CountdownOutput {
  /** Whether each line replaces the previous one. */
  readonly terminal: boolean;
  /** A clock, in milliseconds. */
  now(): number;
  show(line: string): void;
}

function standardError(): CountdownOutput {
  const terminal = Deno.stderr.isTerminal();
  return { terminal, now: () => performance.now(), show: terminal ? showStatus : say };
}

/**
 * Shows progress on standard error, with the time left: on a terminal one line that is updated, otherwise
 * a line every ten seconds.
 *
 * @param before How many were already done at the start: the time left is estimated from the others.
 */
export function countdown(
  total: number,
  what: string,
  before = 0,
  output: CountdownOutput = standardError(),
): (done: number) => void {
  const { terminal } = output, start = output.now();
  let shownAt = terminal ? -Infinity : start;
  return (done) => {
    const now = output.now();
    if (now - shownAt < (terminal ? 100 : 10_000)) return;
    shownAt = now;
    const left = (now - start) / 1000 / (done - before) * (total - done);
    const rest = done > before && done < total ? `, ${formatSeconds(left)} left` : "";
    output.show(`${done} of ${total} ${what}${rest}`);
  };
}
