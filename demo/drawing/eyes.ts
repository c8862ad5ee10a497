import { color, Paint } from "./color.ts";
import { bell, blot, power, saturate, step } from "./exact.ts";
import type { FacePlan } from "./face_plan.ts";
import { NearLine, type Spot } from "./spot.ts";

const white = color(.93, .92, .90), pupil = color(.03, .03, .03), glint = color(1, 1, 1);
const lashes = color(.10, .07, .06), frame = color(.12, .10, .10);
const near = new NearLine();

/** Sockets, lids, bags, lines at the eyes' corners, raised cheeks. */
export function shadeEyes({ identity }: FacePlan, spot: Spot): void {
  const { half, fromMiddle: xm, y } = spot, { a, closed } = half;
  const { eyeApart, eyeY, eyeWidth, eyeTilt, age, crease } = identity;
  if (a.AU6 > 0) {
    spot.shade += a.AU6 *
      (blot(.14, (xm - .36) / .13, (y - .10) / .06) - blot(.10, (xm - .36) / .15, (y - .22) / .05));
  }
  const across = (xm - eyeApart) / eyeWidth, off = Math.abs(across);
  if (half.crowsFeet > .01 && across > .9 && across < 2.2) {
    for (let k = -1; k <= 1; k++) {
      const inner = eyeApart + eyeWidth * 1.12, outer = eyeApart + eyeWidth * 1.75;
      near.find(xm, y, inner, eyeY + .025 * k, outer, eyeY + .075 * k);
      spot.shade -= half.crowsFeet * bell(near.off / .012) * (1 - .5 * near.along);
    }
  }
  const round = Math.max(0, 1 - across * across), below = y - eyeY + eyeTilt * across;
  if (Math.abs(below) > .5) return;
  const upper = -half.upperLid * round, lower = half.lowerLid * round;
  spot.shade -= blot(.10, across * .8, (below + .07) / .07);
  if (off >= 1.2) return;
  const fold = Math.min(upper, 0) - .035 - .03 * a.AU41 - .02 * closed + .02 * a.AU5;
  spot.shade -= (.22 * crease + .12 * a.AU41) * bell((below - fold) / .014) * step(1.1, .7, off);
  spot.shade -= (.10 + .25 * age + .25 * a.AU6 + .10 * a.AU12) *
    bell((below - lower - .085 + .02 * a.AU6) / .020) * step(1.2, .6, off);
  const tight = .28 * a.AU7 + .35 * a.AU44 + .10 * a.AU6;
  if (tight === 0) return;
  spot.shade += step(1.05, .6, off) *
    ((.10 * a.AU7 + .12 * a.AU44) * bell((below - lower - .015) / .014) -
      tight * bell((below - lower - .035) / .013));
}

const eyeball = new Paint();

/** Eyeballs and lashes. */
export function paintEyes(plan: FacePlan, spot: Spot): void {
  const { identity, pixel, dark, gazeX, gazeY } = plan, { half, fromMiddle: xm, x, y } = spot;
  const { eyeApart, eyeY, eyeWidth, eyeHeight, eyeTilt, iris } = identity;
  const across = (xm - eyeApart) / eyeWidth, off = Math.abs(across);
  if (off >= 1.25) return;
  const round = Math.max(0, 1 - across * across), below = y - eyeY + eyeTilt * across;
  if (Math.abs(below) > .3) return;
  const upper = -half.upperLid * round, lower = half.lowerLid * round, edge = pixel * .8;
  const open = step(-edge, edge, below - upper) * step(-edge, edge, lower - below) *
    step(1.03, .97, off) * saturate((lower - upper) / (edge + .004));
  if (open > 0) {
    const ix = x - half.sign * eyeApart - gazeX, iy = below - gazeY + .1 * eyeHeight;
    const far = Math.sqrt(ix * ix + iy * iy), radius = eyeHeight * .95;
    const shaded = .80 + .2 * step(0, .05, below - upper) - .12 * across * across;
    eyeball.set(white);
    eyeball.light(shaded);
    eyeball.cover(iris, .8 + .2 * step(0, radius, far), step(radius + edge, radius - edge, far));
    eyeball.cover(pupil, 1, step(radius * .48 + edge, radius * .48 - edge, far));
    const hx = ix + .3 * radius, hy = iy + .35 * radius;
    const shine = step(radius * .25 + edge, radius * .25 - edge, Math.sqrt(hx * hx + hy * hy));
    eyeball.cover(glint, 1, .9 * shine);
    spot.paint.cover(eyeball, .35 + .65 * spot.light, open);
  }
  const lash = bell((below - upper) / (.013 + .006 * half.closed)) * step(1.08, .92, off);
  spot.paint.cover(lashes, 1, .80 * lash);
  spot.paint.cover(
    dark,
    .8 * spot.light,
    .35 * bell((below - lower) / .010) * step(1.05, .85, off),
  );
}

/** Glasses, where there are any. */
export function paintGlasses({ identity }: FacePlan, { paint, fromMiddle: xm, y }: Spot): void {
  const { glasses, eyeApart, eyeY } = identity;
  if (glasses === "none") return;
  const square = glasses === "square";
  const gx = Math.abs(xm - eyeApart - .005) / .205,
    gy = Math.abs(y - eyeY - .02) / (square ? .15 : .185);
  const bridge = bell((y - eyeY + .03) / .016) * step(.10, .08, xm);
  const temple = bell((y - eyeY + .02) / .016) * step(eyeApart + .19, eyeApart + .21, xm);
  const far = gx > 1.4 || gy > 1.4; // from glass and rim
  const rim = far
    ? 2
    : square
    ? Math.sqrt(Math.sqrt(gx * gx * gx * gx + gy * gy * gy * gy))
    : power(power(gx, 2.2) + power(gy, 2.2), 1 / 2.2);
  paint.cover(frame, 1, .85 * saturate(bell((rim - 1) / .075) + bridge + temple));
  paint.cover(glint, 1, .05 * step(1, .9, rim));
}
