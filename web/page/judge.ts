import type { FrameCheck } from "../messages.ts";
import { texts } from "../texts.ts";

/** One line of the recording test: what is looked at, and what to do; nothing to do where it is good. */
export interface Judgement {
  readonly what: string;
  readonly advice: string | undefined;
}

/** Judges a frame: one face, of a good size, in the middle, lit and sharp. */
export function judge(check: FrameCheck): Judgement[] {
  const { width, height, faces, light, sides: [one, other], sharpness } = check;
  const { face, size, centre, light: lit, sharp } = texts.checks, [largest] = faces;
  if (!largest) return [{ what: face[0], advice: face[1] }];
  const share = largest.height / height;
  const x = (largest.left + largest.width / 2) / width;
  const y = (largest.top + largest.height / 2) / height;
  const away = Math.max(Math.abs(x - 0.5), Math.abs(y - 0.5));
  const uneven = Math.max(one, other) / Math.max(1, Math.min(one, other));
  const others = faces.slice(1).some((more) => more.height > largest.height / 3);
  return [
    { what: face[0], advice: others ? face[2] : undefined },
    { what: size[0], advice: share < 0.2 ? size[1] : share > 0.9 ? size[2] : undefined },
    { what: centre[0], advice: away > 0.25 ? centre[1] : undefined },
    {
      what: lit[0],
      advice: light < 60 ? lit[1] : light > 225 ? lit[2] : uneven > 2 ? lit[3] : undefined,
    },
    { what: sharp[0], advice: sharpness < 0.015 ? sharp[1] : undefined },
  ];
}
