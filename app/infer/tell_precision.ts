import type { Clip, ClipName } from "../../model/clip/clip.ts";
import { say } from "../terminal/status_line.ts";
import type { Parts } from "./choose_parts.ts";

/** What was made with a CLIP, and with which; undefined where there is nothing or it isn't known. */
type Made = Readonly<Record<string, ClipName | undefined>>;

/** What a method's files were made with. */
export function madeOf({ head, sources, translator }: Parts): Made {
  return { head: head?.clip, sources: sources?.people.clip, translator: translator?.clip };
}

/**
 * Tells what was made with weights that were rounded to halves and is used with others, or the other way
 * round. It is used all the same: decisions hardly change.
 */
export function tellPrecision({ rounded }: Clip, made: Made): void {
  const other = Object.entries(made)
    .filter(([, clip]) => clip && (clip.rounded ?? false) !== rounded)
    .map(([name]) => `the ${name}`);
  if (other.length === 0) return;
  const [here, there] = rounded
    ? ["rounded to halves", "not"]
    : ["not rounded", "rounded to halves"];
  say(
    `CLIP's weights are ${here} here (--precision), and were ${there} for ${
      other.join(" and ")
    }: ` +
      "decisions hardly change (docs/numerics.md)",
  );
}
