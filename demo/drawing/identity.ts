import { mix, power, saturate } from "./exact.ts";
import { type Color, color } from "./color.ts";
import type { DrawnRng } from "./drawn_rng.ts";

const skins: readonly Color[] = [
  color(.98, .84, .75),
  color(.95, .77, .65),
  color(.87, .67, .53),
  color(.76, .55, .41),
  color(.60, .41, .30),
  color(.44, .29, .21),
  color(.33, .22, .16),
];

const hairColors = {
  black: color(.07, .06, .06),
  brown: color(.28, .17, .10),
  blond: color(.80, .64, .36),
  red: color(.58, .25, .11),
  grey: color(.62, .61, .60),
};
const hairNames = ["black", "brown", "blond", "red", "grey"] as const;

const irises: readonly Color[] = [
  color(.30, .18, .10),
  color(.20, .12, .07),
  color(.35, .50, .65),
  color(.30, .45, .32),
  color(.45, .45, .42),
];

/** Who is drawn: lengths are in half pictures, the head's middle is 0. */
export type Identity = Readonly<ReturnType<typeof drawIdentity>>;

/** Draws a person at random. */
export function drawIdentity(rng: DrawnRng) {
  const between = (low: number, high: number) => rng.between(low, high);
  const anyColor = (low: number, high: number) =>
    color(between(low, high), between(low, high), between(low, high));
  const tone = between(0, 6), below = Math.min(Math.floor(tone), 5);
  const mixed = mixColors(skins[below] as Color, skins[below + 1] as Color, tone - below);
  const skin = timesEach(mixed, anyColor(.95, 1.05));
  const age = power(rng.uniform(), 1.6);
  const shares = age < .6 ? [.34, .30, .16, .06, .14] : [.2, .15, .08, .02, .55];
  const drawn = hairNames[rng.choice(shares)] ?? "black";
  const hairName = tone > 4 && (drawn === "blond" || drawn === "red") ? "black" : drawn;
  const bright = between(.8, 1.2);
  const hair = timesEach(hairColors[hairName], color(bright, bright, bright));
  const iris = irises[rng.integer(0, tone < 3.5 ? 4 : 1)] as Color;
  const woman = rng.uniform() < .5;
  const pale = between(.9, 1.05), painted = rng.uniform() < .5;
  const lip = woman && painted
    ? color(between(.55, .8), between(.15, .3), between(.2, .32))
    : color(skin.r * .86 * pale, skin.g * .60 * pale, skin.b * .60 * pale);
  const above = anyColor(.1, .95), other = anyColor(-.3, .3);
  const eyeY = between(-.14, -.05);
  const bearded = !woman && rng.uniform() >= .65, moustached = !woman && rng.uniform() >= .7;
  return {
    skin,
    hair,
    iris,
    lip,
    background: {
      above,
      below: color(
        saturate(above.r + other.r),
        saturate(above.g + other.g),
        saturate(above.b + other.b),
      ),
    },
    clothes: anyColor(.05, .95),
    faceWidth: between(.64, .76),
    /** How square the jaw is. */
    jaw: woman ? between(1.9, 2.3) : between(2.0, 2.75),
    chin: between(.98, 1.10),
    eyeApart: between(.27, .325),
    eyeY,
    eyeWidth: between(.125, .165),
    eyeHeight: between(.055, .085),
    eyeTilt: between(-.025, .03),
    browY: eyeY - between(.20, .27),
    browThickness: woman ? between(.014, .028) : between(.02, .038),
    browLength: between(.30, .38),
    browArch: between(.01, .09),
    browDark: hairName === "blond" ? between(.35, .7) : between(.6, 1),
    noseLength: between(.20, .28),
    noseWidth: between(.085, .135),
    mouthY: between(.50, .58),
    mouthWidth: between(.19, .26),
    upperLip: between(.025, .05),
    lowerLip: between(.035, .065),
    /** What the face looks like at rest: brows lowered, lids lowered, corners of the mouth lowered. */
    restBrow: between(-.1, .2),
    restLid: between(-.1, .15),
    restCorner: between(-.02, .02),
    /** Lines of age, 0 to 1. */
    age,
    hairstyle: (["none", "short", "long"] as const)[
      rng.choice(woman ? [.02, .28, .70] : [.15, .75, .10])
    ] ?? "short",
    hairline: between(-.80, -.58),
    glasses: (["none", "round", "square"] as const)[rng.choice([.75, .13, .12])] ?? "none",
    beard: bearded ? between(.4, .95) : 0,
    moustache: moustached ? between(.5, .95) : 0,
    blush: rng.uniform(),
    crease: between(.2, 1),
    /** Of the textures. */
    seed: rng.integer(1, 9998),
  };
}

/** How a picture is taken. */
export type Scene = Readonly<ReturnType<typeof drawScene>>;

/** Draws how a picture is taken. */
export function drawScene(rng: DrawnRng) {
  return {
    /** Where light comes from. */
    lightX: rng.between(-.6, .6),
    lightY: rng.between(-.7, .1),
    light: rng.between(.25, .65),
    ambient: rng.between(.45, .75),
    /** Reddish above 0, bluish below. */
    warmth: rng.between(-.6, .8),
    scale: rng.between(.90, 1.08),
    shiftX: rng.between(-.06, .06),
    shiftY: rng.between(-.05, .05),
    /** In radians. */
    roll: rng.between(-.09, .09),
    noise: rng.between(0, .05),
  };
}

function mixColors(a: Color, b: Color, t: number): Color {
  return color(mix(a.r, b.r, t), mix(a.g, b.g, t), mix(a.b, b.b, t));
}

function timesEach(a: Color, b: Color): Color {
  return color(saturate(a.r * b.r), saturate(a.g * b.g), saturate(a.b * b.b));
}
