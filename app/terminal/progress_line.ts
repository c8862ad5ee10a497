/** Where progress is written to. */
export interface ProgressOutput {
  write(text: string): void;
  /** Whether a line can be overwritten. */
  readonly terminal: boolean;
}

/** Formats a number of bytes: 605 MB. */
export function formatBytes(bytes: number): string {
  const units = ["bytes", "kB", "MB", "GB"];
  let unit = 0;
  for (; bytes >= 999.5 && unit < units.length - 1; unit++) bytes /= 1000;
  return `${unit > 0 && bytes < 9.95 ? bytes.toFixed(1) : Math.round(bytes)} ${units[unit]}`;
}

/** Formats a duration: 3 min. */
export function formatSeconds(seconds: number): string {
  if (seconds < 60) return `${Math.ceil(seconds)} s`;
  const minutes = Math.ceil(seconds / 60);
  return minutes < 60 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/**
 * Shows the progress of a download: on a terminal one line that is updated, otherwise a line every five
 * seconds. The rate excludes bytes that were already there.
 */
export function progressLine(
  output: ProgressOutput,
  now: () => number = performance.now.bind(performance),
): (file: string, done: number, total: number | undefined) => void {
  let current = "", startedAt = 0, startedWith = 0, shownAt = 0;
  return (file, done, total) => {
    const time = now();
    if (file !== current) {
      [current, startedAt, startedWith, shownAt] = [
        file,
        time,
        done,
        output.terminal ? -1e9 : time,
      ];
    }
    const finished = done === total;
    if (!finished && time - shownAt < (output.terminal ? 100 : 5000)) return;
    shownAt = time;
    const rate = (done - startedWith) / Math.max(time - startedAt, 1) * 1000;
    const parts = [
      total === undefined ? formatBytes(done) : `${formatBytes(done)} of ${formatBytes(total)}`,
    ];
    if (total) parts.push(`${Math.floor(100 * done / total)} %`);
    if (rate > 0) parts.push(`${formatBytes(rate)}/s`);
    if (rate > 0 && total !== undefined && !finished) {
      parts.push(`${formatSeconds((total - done) / rate)} left`);
    }
    const line = `${file}: ${parts.join(", ")}`;
    output.write(output.terminal ? `\r${line}\x1b[K${finished ? "\n" : ""}` : `${line}\n`);
  };
}
