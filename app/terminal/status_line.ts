import { formatSeconds } from "./progress_line.ts";

/** Whether a status line is shown, which the next output replaces. */
let open = false;

const encoder = new TextEncoder();
const write = (text: string) => void Deno.stderr.writeSync(encoder.encode(text));

/** Shows a line on standard error that the next one replaces. For terminals only. */
export function showStatus(line: string): void {
  write(`\r${line}\x1b[K`);
  open = true;
}

/** Prints a line on standard error. */
export function say(line: string): void {
  clearStatus();
  write(`${line}\n`);
}

/** Removes the status line, if any. */
export function clearStatus(): void {
  if (open) write("\r\x1b[K");
  open = false;
}

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
