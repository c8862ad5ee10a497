import { color, Paint } from "./color.ts";
import { bell, blot, power, saturate, sine, step } from "./exact.ts";
import type { FacePlan } from "./face_plan.ts";
import { smoothNoise } from "./noise.ts";
import type { Spot } from "./spot.ts";

const within = color(.22, .06, .07), teeth = color(.93, .91, .86);
const tongue = color(.78, .36, .38), tongueOut = color(.83, .42, .44);

/** The lips' lines at a spot: where they begin above, part, meet and end below. */
export class MouthLines {
  /** Of the mouth's half width. */
  across = 0;
  top = 0;
  bottom = 0;
  aboveTop = 0;
  belowBottom = 0;

  /** Works the lines out for a spot. */
  find({ a: both, mouthY, partedUp, partedDown }: FacePlan, { half, fromMiddle, x }: Spot): void {
    const { a, mouthWidth: width } = half;
    this.across = Math.abs(x) / width;
    const square = this.across * this.across, round = Math.max(0, 1 - square);
    const full = power(round, .65), beside = (fromMiddle - .10) / .11;
    const raised = a.AU10 > 0 ? .060 * a.AU10 * (.4 + .6 * bell(beside)) : 0;
    const lift = raised + .012 * a.AU9;
    const y = mouthY + half.cornerDrop * square;
    this.top = y - partedUp * full - lift * round;
    this.bottom = y + partedDown * full - (both.AU25 > .1 ? 0 : .4 * lift * round);
    this.aboveTop = full > 0
      ? this.top - half.upperLip * full * (1 - .28 * bell(x / (.20 * width)))
      : this.top;
    this.belowBottom = this.bottom + half.lowerLip * full + .012 * both.AU29;
  }
}

/** Skin around the mouth, cheeks, chin and jaw. */
export function shadeMouth(plan: FacePlan, spot: Spot, lines: MouthLines): void {
  const { a: both, identity, mouthY, jaw, puff } = plan, { half, fromMiddle: xm, x, y } = spot;
  const { a, mouthWidth: width } = half, corner = mouthY + half.cornerDrop;
  const { aboveTop, belowBottom } = lines;
  let shade = blot(-.14, (y - belowBottom - .045) / .025, xm / .14) * (1 + .6 * both.AU17);
  const beside = xm - width, belowCorner = y - corner;
  shade -= blot(.30 * a.AU14, (beside - .035) / .018, belowCorner / .045);
  shade -= blot(.20 * a.AU15, (beside - .012) / .014, (belowCorner - .035) / .035);
  shade -= blot(.14 * a.AU12, (beside - .03) / .018, belowCorner / .04);
  shade -= blot(.16 * both.AU23, (beside - .015) / .012, (y - mouthY) / .05);
  if (both.AU24 > 0) {
    shade -= .24 * both.AU24 * step(width * 1.1, width * .6, xm) *
      (bell((y - aboveTop + .030) / .014) + bell((y - belowBottom - .028) / .014));
  }
  if (both.AU28 > 0) {
    shade -= .18 * both.AU28 * bell((y - mouthY) / .045) * step(width * 1.15, width * .8, xm);
  }
  if (both.AU18 > 0) {
    const wave = sine(x * 70);
    shade -= .22 * both.AU18 * wave * wave * step(-.09, -.03, y - aboveTop) *
      step(.02, -.02, y - aboveTop) * step(width * 1.1, width * .8, xm);
  }
  if (both.AU17 > 0) {
    const dimpled = blot(1, xm / .13, (y - .80) / .075);
    const grain = dimpled > 0 ? saturate(smoothNoise(x * 38, y * 38, 77) * 1.6 - .5) : 0;
    shade += both.AU17 *
      (blot(.10, xm / .12, (y - .75) / .03) - dimpled * (.10 + .30 * grain));
  }
  shade += blot(.07, xm / .1, (y - (.82 + jaw)) / .07) * (1 + 2 * both.AU29);
  shade -= blot(.14 * both.AU29, (y - .66) / .03, xm / .2);
  if (puff > 0) {
    shade += puff *
      (blot(.15, (xm - .42) / .13, (y - (.42 - .16 * both.AU13)) / .14) -
        blot(.16, (xm - .30) / .03, (y - .42) / .12));
  }
  if (both.AU31 > 0) {
    const { faceWidth } = identity;
    shade += both.AU31 *
      (blot(.15, (xm - faceWidth * .80) / .07, (y - .46) / .10) -
        blot(.20, (xm - faceWidth * .64) / .035, (y - .48) / .11));
  }
  shade -= blot(.32 * jaw, (xm - .30) / .07, (y - .55) / .15);
  spot.shade += shade;
}

const inner = new Paint();

/** Lips, and what shows between them. */
export function paintMouth(plan: FacePlan, spot: Spot, lines: MouthLines): void {
  const { a, identity: { lip }, seam: seamColor, pixel, partedUp, partedDown } = plan;
  const { paint, light, fromMiddle: xm, x, y, half } = spot;
  const { across, top, bottom, aboveTop, belowBottom } = lines;
  if (across < 1.03 && y > aboveTop - .1 && y < belowBottom + .1) {
    const edge = pixel * .9, inside = step(1.02, .96, across);
    const upper = step(-edge, edge, y - aboveTop) * step(-edge, edge, top - y + edge) * inside;
    const lower = step(-edge, edge, y - bottom + edge) * step(-edge, edge, belowBottom - y) *
      inside;
    paint.cover(lip, light * (.86 + .15 * spot.shade), .88 * upper);
    const shine = blot(1, (y - (bottom + belowBottom) / 2) / .018, xm / .09);
    paint.cover(lip, light * (1 + .25 * shine), .88 * lower);
    const open = step(-edge, edge, y - top) * step(-edge, edge, bottom - y) *
      saturate((bottom - top) / (1.2 * pixel + .006));
    if (open > 0) {
      const rows = .045 + .02 * a.AU10;
      const shown = step(top + rows + edge, top + rows - edge, y) * step(1, .85, across);
      inner.set(within);
      inner.cover(teeth, .85, shown * .95 * (1 - .7 * a.AU22));
      if (a.AU16 > .05) {
        const lowerRow = step(bottom - .035 - edge, bottom - .035 + edge, y);
        inner.cover(teeth, .8, a.AU16 * lowerRow * step(.8, .6, across));
      }
      const tx = x / (.75 * half.mouthWidth);
      const ty = (y - bottom) / (.45 * (partedDown + partedUp) + .001);
      inner.cover(tongue, 1, .9 * step(.8, .6, tx * tx + ty * ty) * saturate(a.AU26 * .6 + a.AU27));
      paint.cover(inner, light, open);
    }
    const seam = bell((y - (top + bottom) / 2) / (.011 + .003 * a.AU24 + .004 * a.AU28));
    const line = .80 * seam * step(1.03, .95, across) * (1 - open);
    paint.cover(seamColor, 1, line);
    if (a.AU32 > .03) {
      const bite = step(-edge, edge, y - top) * step(edge, -edge, y - top - .048) *
        step(.62, .5, across);
      paint.cover(teeth, light * .95, saturate(1.3 * a.AU32) * bite);
    }
  }
  paintTongue(plan, spot);
}

/** The tongue outside the mouth: licking, wiping to a corner, or shown. */
function paintTongue(
  { a, mouthY, partedDown }: FacePlan,
  { paint, light, half, x, y }: Spot,
): void {
  const most = Math.max(a.lipLick, a.lipWipe, a.tongue);
  if (most <= .03) return;
  let middleX = 0, middleY = mouthY - .035, width = .08, height = .045;
  if (a.lipWipe === most && a.lipLick < most) {
    middleX = .62 * half.mouthWidth;
    middleY = mouthY - .01;
    width = .085;
  } else if (a.lipLick < most) {
    middleY = mouthY + .09 * most + partedDown * .5;
    width = .085;
    height = .05 + .06 * most;
  }
  const dx = (x - middleX) / width, dy = (y - middleY) / height;
  const share = step(.25, -.25, dx * dx + dy * dy - 1) * saturate(most * 1.6);
  const groove = 1.03 - .12 * bell((x - middleX) / .03);
  paint.cover(tongueOut, light * groove, share);
}
