import { bell, blot, cosine, power, saturate, step } from "./exact.ts";
import type { FacePlan } from "./face_plan.ts";
import { smoothNoise } from "./noise.ts";
import type { Spot } from "./spot.ts";

/** How far along the brow a spot lies: 0 at its inner end, 1 at its outer one. */
function alongBrow({ half, fromMiddle }: Spot): number {
  return (fromMiddle - half.browInner) / (half.browOuter - half.browInner);
}

/** How far the brow is lifted there. */
function browLift({ identity }: FacePlan, { half: { a, frown } }: Spot, along: number): number {
  const raised = (a.AU1 > 0 ? .14 * a.AU1 * power(1 - along, 1.6) : 0) +
    (a.AU2 > 0 ? .13 * a.AU2 * power(along, 1.3) : 0);
  return raised - .12 * (frown + identity.restBrow) * (1 - .45 * along) + .03 * a.AU5;
}

/** Lines of the forehead and between the brows. */
export function shadeForehead(plan: FacePlan, spot: Spot): void {
  const { identity } = plan, { half, fromMiddle: xm, x, y } = spot;
  const below = y - identity.browY;
  if (below < -.05 && xm < .5) {
    const lines = half.foreheadInner * bell(xm / .22) +
      half.foreheadOuter * bell((xm - .32) / .2) + .18 * identity.age;
    if (lines > .01) {
      const lift = browLift(plan, spot, saturate(alongBrow(spot)));
      const line = y + .02 * cosine(x * 5) - .15 * lift;
      for (let k = 0; k < 3; k++) {
        spot.shade -= lines * bell((line - (identity.browY - .17 - .09 * k)) / .016) *
          step(.5, .25, xm) * (1 - .2 * k);
      }
    }
  }
  const furrow = .50 * half.frown + .12 * identity.age + .15 * identity.restBrow;
  spot.shade -= blot(furrow, (xm - .045) / .016, (below - .05) / .085) +
    blot(.25 * half.frown, xm / .08, (below - .12) / .03);
}

/** The brows themselves. */
export function paintBrows(plan: FacePlan, spot: Spot): void {
  const { identity, pixel, brow } = plan, { x, y } = spot;
  const t = alongBrow(spot), along = saturate(t);
  const within = step(-.06, .03, t) * step(1.05, .9, t);
  if (within === 0) return;
  const middle = identity.browY - identity.browArch * 2 * along * (1 - along) +
    .06 * Math.max(0, along - .6) - browLift(plan, spot, along);
  const thickness = identity.browThickness * (1 - .55 * along * along);
  const edge = pixel * .9, off = Math.abs(y - middle);
  if (off > thickness * 1.25 + edge + .008) return;
  const hairs = .75 + .5 * smoothNoise(x * 50, y * 20, identity.seed + 8);
  const share = step(edge + .008, -edge, off - thickness * hairs) * within;
  spot.paint.cover(brow, .5 + .5 * spot.light, .9 * share);
}
