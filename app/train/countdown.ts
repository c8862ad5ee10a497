import { formatSeconds } from "../progress_line.ts";

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
    const now = performance.now(), finished = done >= total;
    if (now - shownAt < (terminal ? 100 : 10_000) && !(finished && terminal)) return;
    shownAt = now;
    const left = (now - start) / 1000 / (done - before) * (total - done);
    const line = `${done} of ${total} ${what}${finished ? "" : `, ${formatSeconds(left)} left`}`;
    const text = terminal ? `\r${line}\x1b[K${finished ? "\n" : ""}` : `${line}\n`;
    Deno.stderr.writeSync(new TextEncoder().encode(text));
  };
}
