import { formatSeconds } from "./progress_line.ts";
import { say, showStatus } from "./status_line.ts";

/**
 * Shows on standard error how many of a known number are done and how long the rest will take: on a
 * terminal one line that changes, elsewhere a line every ten seconds.
 *
 * @param before How many were done when it began.
 */
export function countdown(
  total: number,
  what: string,
  before = 0,
): (done: number) => void {
  const terminal = Deno.stderr.isTerminal(), start = performance.now();
  let shownAt = terminal ? -Infinity : start;
  return (done) => {
    const now = performance.now();
    if (now - shownAt < (terminal ? 100 : 10_000)) return;
    shownAt = now;
    const left = (now - start) / 1000 / (done - before) * (total - done);
    const line = `${done} of ${total} ${what}${
      done < total ? `, ${formatSeconds(Math.max(0, left))} left` : ""
    }`;
    if (terminal) showStatus(line);
    else say(line);
  };
}
