import { formatSeconds } from "./progress_line.ts";
import { say, showStatus } from "./status_line.ts";

/** Where a countdown is shown. */
export interface CountdownOutput {
  /** Whether a line replaces the one before it. */
  readonly terminal: boolean;
  /** Milliseconds since any moment. */
  now(): number;
  show(line: string): void;
}

function standardError(): CountdownOutput {
  const terminal = Deno.stderr.isTerminal();
  return { terminal, now: () => performance.now(), show: terminal ? showStatus : say };
}

/**
 * Shows on standard error how many of a known number are done and how long the rest will take: on a
 * terminal one line that changes, elsewhere a line every ten seconds.
 *
 * @param before How many were done when it began: time is only told by those that come after.
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
