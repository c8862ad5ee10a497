import { paintBrows, shadeForehead } from "./brows.ts";
import { Paint } from "./color.ts";
import { blot, saturate, step } from "./exact.ts";
import { paintEyes, paintGlasses, shadeEyes } from "./eyes.ts";
import { type DrawnFace, type FacePlan, planFace } from "./face_plan.ts";
import { MouthLines, paintMouth, shadeMouth } from "./mouth.ts";
import { gridNoise, smoothNoise } from "./noise.ts";
import { paintNostrils, shadeNose } from "./nose.ts";
import { Spot } from "./spot.ts";
import { HeadOutline } from "./head_outline.ts";
import { paintForelock, paintSurroundings } from "./surroundings.ts";

/**
 * Draws a face, `[size, size, 4]` bytes. Each pixel is worked out on its own, from what is behind to
 * what is in front, out of nothing but arithmetic: the same face has the same bytes everywhere.
 */
export function drawFace(face: DrawnFace, size: number): Uint8Array<ArrayBuffer> {
  const plan = planFace(face, size), { identity, scene } = plan;
  const pixels = new Uint8Array(size * size * 4);
  const paint = new Paint(), spot = new Spot(plan.halves[0]), lines = new MouthLines();
  const outline = new HeadOutline();
  for (let row = 0, at = 0; row < size; row++) {
    for (let column = 0; column < size; column++, at += 4) {
      const u = (column + .5) / size * 2 - 1, v = (row + .5) / size * 2 - 1;
      const tiltedX = (u - scene.shiftX) / scene.scale, tiltedY = (v - scene.shiftY) / scene.scale;
      const x = plan.cosRoll * tiltedX + plan.sinRoll * tiltedY;
      const y = -plan.sinRoll * tiltedX + plan.cosRoll * tiltedY;
      outline.find(plan, x, y);
      const { cover } = outline;
      if (cover < 1) paintSurroundings(paint, plan, u, v, x, y);
      if (cover > .001) {
        spot.headX = x;
        spot.headY = y;
        spot.light = outline.light(plan, x < 0 ? -1 : 1);
        paintHead(plan, spot, lines);
        paint.cover(spot.paint, 1, cover);
      }
      const grain = (gridNoise(column, row, identity.seed * 7 + 13) - .5) * scene.noise;
      pixels[at] = byte(paint.r * (1 + .12 * scene.warmth) + grain);
      pixels[at + 1] = byte(paint.g + grain);
      pixels[at + 2] = byte(paint.b * (1 - .12 * scene.warmth) + grain);
      pixels[at + 3] = 255;
    }
  }
  return pixels;
}

function byte(share: number): number {
  return Math.floor(saturate(share) * 255 + .5);
}

/** Everything on the head: first the skin's relief, then what is painted on it. */
function paintHead(plan: FacePlan, spot: Spot, lines: MouthLines): void {
  const { identity, yaw, pitch } = plan, { headX, headY, paint } = spot;
  const sideways = headX / (identity.faceWidth * 1.05), upright = headY / 1.1;
  // Features slide as on a cylinder.
  spot.x = headX - yaw * .20 * Math.max(0, 1 - sideways * sideways);
  spot.y = headY - pitch * .15 * Math.max(0, 1 - upright * upright);
  const { x, y } = spot, xm = Math.abs(x);
  spot.fromMiddle = xm;
  spot.half = plan.halves[x > 0 ? 1 : 0];
  spot.shade = (smoothNoise(x * 26, y * 26, identity.seed + 1) - .5) * (.02 + .03 * identity.age);
  // Nothing of a part reaches as far as where it is left out.
  const browSide = y < identity.browY + .5, noseSide = y > -.4, mouthSide = y > -.15;
  if (mouthSide) lines.find(plan, spot);
  if (browSide) shadeForehead(plan, spot);
  shadeEyes(plan, spot);
  if (noseSide) shadeNose(plan, spot);
  if (mouthSide) shadeMouth(plan, spot, lines);

  const { light } = spot, lit = light * (1 + spot.shade), { skin } = identity;
  const blush = blot(identity.blush, (xm - .36) / .16, (y - .22) / .14);
  paint.r = skin.r * (1 + .10 * blush) * lit;
  paint.g = skin.g * (1 - .10 * blush) * lit;
  paint.b = skin.b * (1 - .08 * blush) * lit;
  if (mouthSide) {
    paintBeard(plan, spot, lines);
    paintNostrils(plan, spot);
    paintMouth(plan, spot, lines);
  }
  paintEyes(plan, spot);
  if (browSide) paintBrows(plan, spot);
  paintForelock(paint, plan, headX, headY, light);
  paintGlasses(plan, spot);
}

function paintBeard({ identity }: FacePlan, spot: Spot, lines: MouthLines): void {
  const { beard, moustache, hair, seed } = identity, { paint, light, fromMiddle: xm, x, y } = spot;
  if (beard > .01) {
    const share = beard * step(.30, .55, y) * step(.22, .34, Math.max(xm, (y - .55) * 1.6));
    const hairs = share > 0 ? .6 + .6 * smoothNoise(x * 40, y * 24, seed + 5) : 0;
    paint.cover(hair, .8 * light, saturate(share * hairs));
  }
  if (moustache > .01) {
    const off = Math.abs(y - (lines.aboveTop - .035) - .03 * xm), width = spot.half.mouthWidth;
    const share = moustache * step(.035, .018, off) * step(width * 1.05, width * .85, xm);
    const hairs = share > 0 ? .6 + .6 * smoothNoise(x * 40, y * 24, seed + 6) : 0;
    paint.cover(hair, .8 * light, saturate(share * hairs));
  }
}
