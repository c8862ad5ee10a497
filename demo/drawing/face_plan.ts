import { color } from "./color.ts";
import { type Control, controls, type Expression } from "./controls.ts";
import { cosine, mix, saturate, sine } from "./exact.ts";
import type { Identity, Scene } from "./identity.ts";

/** What is drawn: a person, how the picture is taken, and the expression of each side of the picture. */
export interface DrawnFace {
  readonly identity: Identity;
  readonly scene: Scene;
  readonly left: Expression;
  readonly right: Expression;
}

/** A face, worked out once for all of its pixels. */
export type FacePlan = Readonly<ReturnType<typeof planFace>>;

/** One half of a face, worked out once for all of its pixels. */
export type HalfPlan = Readonly<ReturnType<typeof planHalf>>;

/** Works a face out. */
export function planFace({ identity, scene, left, right }: DrawnFace, size: number) {
  const a = {} as Record<Control, number>;
  for (const control of controls) a[control] = (left[control] + right[control]) / 2;
  const { skin, hair, lip, browDark } = identity;
  const { lightX, lightY } = scene;
  const yaw = a.headRight - a.headLeft, pitch = a.headDown - a.headUp;
  const jaw = .07 * a.AU26 + .17 * a.AU27 + .02 * a.AU16 + .01 * a.AU25;
  const puff = .9 * a.cheekBlow + .45 * a.AU13;
  return {
    identity,
    scene,
    /** The mean of both sides: for what has no sides. */
    a: a as Expression,
    halves: [
      planHalf(identity, left, -1, { both: a, puff }),
      planHalf(identity, right, 1, { both: a, puff }),
    ] as const,
    /** A pixel's size in the face's own units. */
    pixel: 2 / size / scene.scale,
    cosRoll: cosine(scene.roll),
    sinRoll: sine(scene.roll),
    lightZ: Math.sqrt(Math.max(.05, 1 - lightX * lightX - lightY * lightY)),
    yaw,
    pitch,
    /** How far the jaw hangs. */
    jaw,
    puff,
    dark: color(skin.r * .45, skin.g * .36, skin.b * .34),
    brow: color(
      mix(skin.r, hair.r * .75, browDark),
      mix(skin.g, hair.g * .75, browDark),
      mix(skin.b, hair.b * .75, browDark),
    ),
    /** Where the lips meet. */
    seam: color(lip.r * .38, lip.g * .30, lip.b * .32),
    mouthY: identity.mouthY - .035 * a.AU17 - .012 * a.AU24 + .12 * jaw,
    /** How far the lips part above and below. */
    partedUp: .012 * a.AU25 + .02 * a.AU26 + .035 * a.AU27 + .012 * a.AU10 * a.AU25 +
      .030 * a.AU22 + .008 * a.AU16,
    partedDown: .026 * a.AU25 + .085 * a.AU26 + .215 * a.AU27 + .045 * a.AU16 + .035 * a.AU22 +
      .012 * a.AU32 + .02 * (a.lipWipe + a.lipLick) + .03 * a.tongue,
    gazeX: (a.eyesRight - a.eyesLeft) * .45 * identity.eyeWidth + yaw * .12 * identity.eyeWidth,
    gazeY: (a.eyesDown - a.eyesUp) * .045 + pitch * .01,
  };
}

/** Lips keep their width by both sides (`both`), all else moves by its own side. */
function planHalf(
  identity: Identity,
  a: Expression,
  sign: number,
  { both, puff }: { readonly both: Expression; readonly puff: number },
) {
  const { eyeHeight, age } = identity;
  const frown = saturate(a.AU4 + .25 * a.AU9 + .15 * a.AU44);
  const browInner = .115 - .05 * frown;
  const closed = Math.max(a.AU43, a.AU45, a.AU46);
  const upper = eyeHeight * Math.max(
    .05,
    1 + .55 * a.AU5 - .28 * a.AU7 - .15 * a.AU6 - .55 * a.AU41 - .60 * a.AU42 - .50 * a.AU44 -
      identity.restLid - .18 * frown + .1 * a.AU1,
  );
  const lower = mix(
    eyeHeight * .62 * Math.max(
      .03,
      1 - .55 * a.AU7 - .55 * a.AU6 - .55 * a.AU42 - .85 * a.AU44 - .25 * a.AU12 - .15 * a.AU9,
    ),
    eyeHeight * .35,
    closed * .8,
  );
  const noseLift = .035 * a.AU9 + .015 * a.AU10;
  return {
    a,
    /** -1 on the left of the picture, 1 on the right. */
    sign,
    /** Brows pulled together. */
    frown,
    browInner,
    browOuter: browInner + identity.browLength + .01 * a.AU2,
    foreheadInner: .30 * a.AU1,
    foreheadOuter: .30 * a.AU2,
    closed,
    /** How far the lids are open above and below the eye's middle. */
    upperLid: mix(upper, -lower, saturate(closed)),
    lowerLid: lower,
    crowsFeet: .34 * a.AU6 + .16 * age + .24 * a.AU44 + .06 * a.AU12 + .12 * a.AU46,
    noseTip: identity.noseLength - noseLift,
    wing: identity.noseWidth *
      (1 + .20 * a.AU38 - .20 * a.AU39 + .10 * a.AU9 + .05 * a.AU12),
    nostrilWidth: .034 * (1 + .65 * a.AU38 - .55 * a.AU39),
    nostrilHeight: .019 * (1 + .35 * a.AU38 - .25 * a.AU39),
    /** The fold from nose to mouth, where it begins and how far it is pulled out. */
    fold: .05 + .16 * age + .42 * a.AU11 + .28 * a.AU9 + .36 * a.AU10 + .30 * a.AU12 +
      .14 * a.AU6 + .10 * a.AU20 + .1 * a.AU13 - .15 * puff,
    foldUp: (a.AU9 * .8 + a.AU10 * .6 + a.AU11 * .9) / (a.AU9 + a.AU10 + a.AU11 + a.AU12 + .3),
    foldOut: .04 * a.AU12 + .03 * a.AU20 - .02 * a.AU18,
    mouthWidth: identity.mouthWidth *
      (1 + .27 * a.AU12 + .24 * a.AU20 + .08 * a.AU14 + .05 * a.AU15 - .36 * both.AU18 -
        .30 * both.AU22 - .12 * both.AU23 - .08 * both.AU27 + .05 * a.AU13 - .05 * both.AU28),
    cornerDrop: identity.restCorner - .105 * a.AU12 - .075 * a.AU13 + .10 * a.AU15 +
      .015 * a.AU20 - .02 * a.AU14 + .04 * both.AU17 + .02 * both.AU26,
    upperLip: identity.upperLip * Math.max(
      .08,
      1 - .45 * both.AU23 - .65 * both.AU24 - .92 * both.AU28 + .40 * both.AU18 +
        .70 * both.AU22 - .22 * a.AU12 - .20 * a.AU20 - .15 * both.AU10,
    ),
    lowerLip: identity.lowerLip * Math.max(
      .08,
      1 - .40 * both.AU23 - .62 * both.AU24 - .92 * both.AU28 + .45 * both.AU18 +
        .70 * both.AU22 - .18 * a.AU12 - .20 * a.AU20 + .30 * both.AU17 - .75 * both.AU32 +
        .15 * both.AU29,
    ),
  };
}
