import { demoHead } from "../../demo/model.ts";
import type { Head } from "../../model/clip_au/head_file.ts";
import { loadHead } from "../../model/clip_au/load_head.ts";
import type { RestFinder } from "../../model/clip_au/rest.ts";
import { allowedNumber, UsageError, userPath } from "../terminal/terminal.ts";

/** The seconds between which a single video is watched. */
export function readStretch(
  values: { readonly from?: string; readonly to?: string },
  count: number,
): { readonly from?: number | undefined; readonly to?: number | undefined } {
  const number = (name: "from" | "to") => {
    const text = values[name];
    if (text === undefined) return undefined;
    if (count > 1) {
      throw new UsageError(`Cannot use --${name} with ${count} videos: enroll them one by one`);
    }
    return allowedNumber(
      text,
      (x) => x >= 0 && x < Infinity,
      `Cannot enroll with --${name} ${text}: wanted seconds from 0 on`,
    );
  };
  const from = number("from"), to = number("to");
  if (to !== undefined && to <= (from ?? 0)) {
    throw new UsageError(`Cannot enroll from ${from ?? 0} s to ${to} s: the end must be later`);
  }
  return { from, to };
}

/** How long the calmest stretch is to be, and the head that knows how people rest. */
export interface Calmest {
  readonly seconds: number;
  readonly finder: RestFinder;
  readonly head: Head;
}

/** What finds the calmest stretch of each video, if the user asked for it. */
export async function readCalmest(
  { calmest, head: path, model }: {
    readonly calmest?: string;
    readonly head?: string;
    readonly model: string;
  },
): Promise<Calmest | undefined> {
  if (calmest === undefined) {
    if (path === undefined) return undefined;
    throw new UsageError(
      "Cannot use --head without --calmest: a head only finds the calmest seconds of a video",
    );
  }
  const seconds = allowedNumber(
    calmest,
    (x) => x > 0 && x < Infinity,
    `Cannot enroll by the calmest ${calmest} seconds: wanted a number above 0`,
  );
  const file = userPath(path) ?? (model === "demo" ? demoHead : undefined);
  if (file === undefined) {
    throw new UsageError(
      "Cannot find the calmest seconds without a head, which learned how people rest: give one " +
        "with --head, or say where the face is calm with --from and --to",
    );
  }
  const head = await loadHead(file);
  if (head.rest) return { seconds, finder: head.rest, head };
  throw new UsageError(
    `Cannot find the calmest seconds by "${path}": it does not know how people rest: train one ` +
      "with `./autt train --centred`",
  );
}
