import { bell, blot, mix, step } from "./exact.ts";
import type { FacePlan } from "./face_plan.ts";
import { NearLine, type Spot } from "./spot.ts";

const near = new NearLine();

/** The nose's ridge, tip and wings, wrinkles on it, and the folds from it to the mouth. */
export function shadeNose({ identity, yaw }: FacePlan, spot: Spot): void {
  const { half, fromMiddle: xm, x, y } = spot, { a, noseTip: tip, wing } = half;
  const across = Math.abs(x - yaw * .06);
  if (across < .4) {
    const ridge = y > -.2 && y < tip + .03
      ? -.13 * bell((across - .065) / .03) * step(-.15, 0, y) * step(tip + .02, tip - .08, y) +
        .10 * bell(across / .035) * step(-.2, 0, y) * step(tip + .03, tip - .05, y)
      : 0;
    spot.shade += ridge + blot(.10, across / .05, (y - tip + .01) / .04);
    const wx = (across - wing * .8) / .9, wy = y - tip;
    if (across > wing * .6 && Math.abs(wy) < .13) {
      spot.shade -= .20 * bell((Math.sqrt(wx * wx + wy * wy) - .055) / .018) *
        step(wing * .6, wing, across);
    }
    spot.shade -= blot(.14, across / (wing * 1.1), (y - tip - .065) / .022);
    const wrinkled = .45 * a.AU9;
    if (wrinkled > .01) {
      for (let k = 0; k < 3; k++) {
        spot.shade -= wrinkled * bell((y - (-.03 + .055 * k) - .25 * across) / .013) *
          step(.13, .05, across);
      }
      spot.shade -= .30 * a.AU9 * bell(near.find(xm, y, .075, .02, .14, -.03).off / .013);
    }
  }
  if (half.fold <= 0) return;
  const { foldOut, fold } = half, { mouthY } = identity;
  if (y < tip - .17 || y > mouthY + .09 || xm > .47 + foldOut) return;
  near.find(xm, y, wing + .025, tip - .01, .27 + foldOut, mouthY - .06);
  spot.shade -= fold * bell(near.off / .020) * mix(1, 1 - near.along, .5 * half.foldUp);
  near.find(xm, y, wing + .065, tip - .02, .32 + foldOut, mouthY - .07);
  spot.shade += .35 * Math.max(0, fold - .08) * bell(near.off / .035);
}

/** The nostrils. */
export function paintNostrils({ dark, yaw }: FacePlan, spot: Spot): void {
  const { half, x, y } = spot;
  const nx = (Math.abs(x - yaw * .06) - half.wing * .52) / half.nostrilWidth;
  const ny = (y - half.noseTip - .030) / half.nostrilHeight;
  spot.paint.cover(dark, .55 * spot.light, .85 * step(.5, -.4, nx * nx + ny * ny - 1));
}
