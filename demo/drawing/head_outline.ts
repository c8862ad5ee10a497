import { bell, clamp, power, step } from "./exact.ts";
import type { FacePlan } from "./face_plan.ts";

/** No more than the powers of a length whose exponents lie between 1 and 3. */
function least(length: number): number {
  return length < 1 ? length * length * length : length;
}

/** Where a place lies in the outline of the head. */
export class HeadOutline {
  /** From the middle to the edge, 0 to 1 within the head. */
  across = 0;
  down = 0;
  /** How much of a pixel the head covers. */
  cover = 0;

  /** Finds a place. */
  find({ identity, a, puff, jaw, pixel }: FacePlan, x: number, y: number): void {
    const upper = y < -.1;
    const bulge = puff + a.AU31 + a.AU29 === 0
      ? 1
      : 1 + .10 * puff * bell((y - .42) / .22) + .05 * a.AU31 * bell((y - .48) / .14) +
        .07 * a.AU29 * bell((y - .8) / .25);
    const across = Math.abs(x) / (identity.faceWidth * bulge);
    const down = Math.abs(y + .1) / (upper ? .92 : identity.chin + jaw + .05 * a.AU29);
    this.across = across;
    this.down = y < -.1 ? -down : down;
    // Exponents lie between 1.9 and 2.75: where squares and cubes say enough, no power is worked out.
    const edge = pixel * 2.5, squares = across * across + down * down;
    if (across > 1.2 || down > 1.2 || least(across) + least(down) > 1.01 + edge) {
      this.cover = 0;
    } else if (squares < .95 - edge) {
      this.cover = 1;
    } else {
      const exponent = upper ? 2.1 : identity.jaw;
      const outline = power(across, exponent) + power(down, exponent) - 1;
      this.cover = step(pixel * .8, -pixel * .8, outline * .33);
    }
  }

  /** How bright the place is, as on a ball. */
  light({ scene, yaw, pitch, lightZ }: FacePlan, side: number): number {
    const across = Math.min(1, this.across) * side * .85, down = clamp(this.down, -1, 1) * .6;
    const outward = Math.sqrt(Math.max(.05, 1 - across * across - down * down));
    const towards = (across + yaw * .25) * scene.lightX + (down + pitch * .2) * scene.lightY +
      outward * lightZ;
    return scene.ambient + scene.light * Math.max(0, towards);
  }
}
