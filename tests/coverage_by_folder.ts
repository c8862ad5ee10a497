/** Lines of a folder, and those that were reached. */
export interface FolderCoverage {
  readonly lines: number;
  readonly reached: number;
}

/** The least share of lines, in percent, and the folder that it isn't asked of: commands talk to people. */
export const leastShare = 85, exempt = "app";

/** The folder at the top that a file is in; a file at the top stands for itself. */
const folderOf = (path: string) => path.split("/")[0] ?? path;

/** The paths, from the root, of the files that a report in lcov's format tells of. */
export function coveredFiles(lcov: string, root: string): Set<string> {
  return new Set(
    lcov.split("\n").filter((line) => line.startsWith(`SF:${root}`))
      .map((line) => line.slice(3 + root.length)),
  );
}

/** Sums a report in lcov's format by folder, in alphabetic order. Files outside the root don't count. */
export function coverageByFolder(lcov: string, root: string): Map<string, FolderCoverage> {
  const folders = new Map<string, FolderCoverage>();
  let folder: string | undefined;
  for (const line of lcov.split("\n")) {
    if (line.startsWith("SF:")) {
      folder = line.startsWith(`SF:${root}`) ? folderOf(line.slice(3 + root.length)) : undefined;
    }
    const [, hits] = /^DA:\d+,(\d+)/.exec(line) ?? [];
    if (hits === undefined || folder === undefined) continue;
    const { lines, reached } = folders.get(folder) ?? { lines: 0, reached: 0 };
    folders.set(folder, { lines: lines + 1, reached: reached + (Number(hits) > 0 ? 1 : 0) });
  }
  return new Map([...folders].sort());
}

/** Folders of which too few lines were reached. */
export function lowFolders(folders: ReadonlyMap<string, FolderCoverage>): string[] {
  return [...folders].filter(([name, { lines, reached }]) =>
    name !== exempt && 100 * reached < leastShare * lines
  ).map(([name]) => name);
}

/** Whether a file that no test loaded should have been: types alone are gone before anything runs. */
export function hasCode(path: string, source: string): boolean {
  if (folderOf(path) === exempt || /^tests\/(\w+_test|coverage)\.ts$/.test(path)) return false;
  return /^(export )?(default )?(async )?(abstract )?(function|class|const|let|for|if|await|self)\b/m
    .test(source);
}
