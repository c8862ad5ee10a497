/** Counts what must be let go, and says on standard error, at the end of the process, what was not. */
export function countLive(what: string): { made(): void; gone(): void } {
  let live = 0;
  globalThis.addEventListener("unload", () => {
    if (live !== 0) console.error(`stand-in: ${live} ${what} left`);
  });
  return {
    made: () => void live++,
    gone: () => void live--,
  };
}
