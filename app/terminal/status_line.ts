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
