/** The line that a terminal shows for now, if any: whatever is said next takes its place. */
let open = false;

const encoder = new TextEncoder();
const write = (text: string) => void Deno.stderr.writeSync(encoder.encode(text));

/** Shows a line on standard error that the next one replaces. For terminals only. */
export function showStatus(line: string): void {
  write(`\r${line}\x1b[K`);
  open = true;
}

/** Says something on standard error, on a line of its own. */
export function say(line: string): void {
  clearStatus();
  write(`${line}\n`);
}

/** Takes the line away that a terminal shows for now. */
export function clearStatus(): void {
  if (open) write("\r\x1b[K");
  open = false;
}
