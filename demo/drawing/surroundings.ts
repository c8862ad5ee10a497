import type { Paint } from "./color.ts";
import { bell, mix, power, saturate, sine, step } from "./exact.ts";
import type { FacePlan } from "./face_plan.ts";
import { smoothNoise } from "./noise.ts";

/** What lies behind the face: wall, clothes, neck, hair, ears. `u` and `v` are the picture's own. */
export function paintSurroundings(
  paint: Paint,
  plan: FacePlan,
  u: number,
  v: number,
  x: number,
  y: number,
): void {
  const { identity, pixel, jaw, yaw } = plan;
  const { background, clothes, skin, hair, hairstyle, faceWidth, eyeY, seed } = identity;
  paint.set(background.above);
  const cloud = smoothNoise(u * 2.3 + 7, v * 2.3 + 3, seed) - .5;
  paint.cover(background.below, 1, saturate(.5 + .5 * v + .6 * cloud));
  const shoulders = step(-pixel, pixel, y - 1.05 - jaw * .4 - .35 * x * x);
  if (shoulders > 0) {
    paint.cover(clothes, .85 + .3 * smoothNoise(u * 5, v * 5, seed + 9), shoulders);
  }
  if (y > .3) {
    const neck = step(pixel, -pixel, Math.abs(x) - faceWidth * .58);
    paint.cover(skin, .72, neck * step(1.32, 1.22, y - .3 * x * x));
  }
  if (hairstyle !== "none") {
    const share = step(.04 + pixel, -pixel, hairOutline(plan, x, y) * .4);
    if (share > 0) paint.cover(hair, .8 + .45 * smoothNoise(x * 14, y * 3, seed + 3), share);
  }
  const earX = (Math.abs(x + yaw * .05) - faceWidth) / .10, earY = (y - eyeY - .12) / .17;
  const ear = earX * earX + earY * earY - 1;
  if (hairstyle !== "long") paint.cover(skin, .85 - .12 * bell(ear * 2), step(.3, -.1, ear));
}

/** Below 0 within the hair behind the head. */
function hairOutline(
  { identity: { hairstyle, faceWidth } }: FacePlan,
  x: number,
  y: number,
): number {
  const width = faceWidth * 1.16;
  if (hairstyle === "long" && y > -.12) {
    return (Math.abs(x) - width * (1 + .10 * sine(y * 3))) * 2.5 + step(1.0, 1.25, y) * 3;
  }
  if (Math.abs(x) > width * 1.1 || (hairstyle === "short" && y > .3)) return 1;
  const across = Math.abs(x) / width, down = Math.abs(y + .12) / 1.08;
  const round = power(across, 2.2) + power(down, 2.2) - 1;
  return hairstyle === "short" && y > .05 ? Math.max(round, (y - .05) * 4) : round;
}

/** Hair that falls over the forehead. */
export function paintForelock(
  paint: Paint,
  plan: FacePlan,
  x: number,
  y: number,
  light: number,
): void {
  const { hairstyle, hairline, hair, faceWidth, seed } = plan.identity, { pixel } = plan;
  if (hairstyle === "none") return;
  const long = hairstyle === "long", across = x / faceWidth;
  const even = hairline + .10 * across * across * (long ? 3.2 : 1.2);
  let share = 0;
  if (y < even + .03 + pixel * 1.5) {
    const line = even + .05 * (smoothNoise(x * 9, 1.5, seed + 4) - .5);
    share = step(pixel * 1.5, -pixel * 1.5, y - line);
  }
  if (long) {
    const beside = step(-pixel, pixel, Math.abs(x) - faceWidth * (.90 - .04 * sine(y * 4)));
    share = Math.max(share, beside * step(.5, .2, y));
  }
  if (share === 0) return;
  const strands = .8 + .45 * smoothNoise(x * 16, y * 4, seed + 3);
  paint.cover(hair, strands * mix(.45, 1, light), share);
}
