import {
  type Control,
  controls,
  drawLopsided,
  type Expression,
  expressionOf,
} from "../drawing/controls.ts";
import { clamp, exponential } from "../drawing/exact.ts";
import { DrawnRng } from "../drawing/drawn_rng.ts";
import { color } from "../drawing/color.ts";
import { drawIdentity, drawScene, type Identity, type Scene } from "../drawing/identity.ts";
import type { Design } from "./design.ts";

/** A drawn person: what they look like, and how they show pain and everything else. */
export type Person = Readonly<ReturnType<typeof drawPerson>>;

/** Pain's units as Prkachin and Solomon have them, with what goes along. */
const painUnits: Partial<Expression> = {
  AU4: .7,
  AU6: .5,
  AU7: .55,
  AU9: .35,
  AU10: .45,
  AU43: .45,
  AU25: .25,
  AU26: .15,
  AU20: .2,
  AU12: .15,
  AU17: .15,
  AU24: .15,
  AU1: .1,
  AU11: .15,
  AU44: .2,
};

/** What a face at rest may have in it. */
const restUnits: readonly Control[] = [
  ...["AU4", "AU41", "AU15", "AU7", "AU10", "AU11", "AU17", "AU24"] as const,
  ...["AU1", "AU2", "AU20", "AU25", "AU6", "AU9", "AU42", "AU44"] as const,
];

/** Draws a person of a design; the same one for the same numbers. */
export function drawPerson(design: Design, ...path: readonly number[]) {
  const rng = new DrawnRng(...path);
  const drawn = drawIdentity(rng), usual = drawScene(rng);
  const identity = design.camera === "laboratory" ? beforeGrey(drawn) : drawn;
  const pain = drawPain(design, rng);
  const expressiveness = rng.between(...design.expressive);
  const rest = expressionOf();
  for (const unit of restUnits) {
    if (rng.uniform() < design.resting) rest[unit] = Math.min(.7, rng.exponential(design.rest));
  }
  const lopsided = drawLopsided(rng, .2);
  return {
    identity,
    scene: scenes[design.camera](usual, rng),
    /** How strongly pain shows in each unit, and in all of them. */
    pain,
    expressiveness,
    /** The face at rest. */
    rest,
    /** How much more of each control the left side of the picture does than the right. */
    lopsided,
    /** Where the head turns to at rest: to the right, and down. */
    posture: design.camera === "dark"
      ? [rng.normal(0, .3), rng.normal(0, .3)] as const
      : [0, 0] as const,
    /** The share of clips with talking, a smile, a frown. */
    talks: rng.between(.1, .5),
    smiles: rng.between(.03, .25),
    frowns: rng.between(.05, .3),
    hidden: design.hidden,
  };
}

/** A person's own share of pain's units: about as much in all, whatever the units are. */
function drawPain({ kept, spread }: Design, rng: DrawnRng): Expression {
  const pain = expressionOf();
  for (const [unit, strength] of Object.entries(painUnits) as [Control, number][]) {
    if (rng.uniform() < kept) pain[unit] = strength * exponential(rng.normal(0, spread));
  }
  const sum = () => Object.values(pain).reduce((total, x) => total + x, 0);
  if (sum() < .5) {
    pain.AU4 += .6;
    pain.AU7 += .5;
  }
  const usual = Object.values(painUnits).reduce((total, x) => total + x, 0), own = sum();
  const factor = usual / own * (.5 + .5 * Math.min(1, own / usual));
  for (const control of controls) pain[control] = clamp(pain[control] * factor, 0, 1.3);
  return pain;
}

const scenes: { readonly [camera in Design["camera"]]: (usual: Scene, rng: DrawnRng) => Scene } = {
  usual: (usual) => usual,
  dark: darkScene,
  laboratory: () => ({
    ...{ lightX: 0, lightY: -.3, light: .45, ambient: .6, warmth: 0, noise: .01 },
    ...{ scale: 1, shiftX: 0, shiftY: 0, roll: 0 },
  }),
};

/** In front of a grey wall, in grey. */
function beforeGrey(identity: Identity): Identity {
  const grey = color(.5, .5, .5);
  return { ...identity, background: { above: grey, below: grey }, clothes: grey };
}

function darkScene(usual: Scene, rng: DrawnRng): Scene {
  const side = rng.uniform() < .5 ? -1 : 1;
  return {
    ...usual,
    ambient: rng.between(.28, .45),
    light: rng.between(.35, .7),
    lightX: side * rng.between(.4, .85),
    noise: rng.between(.03, .11),
    scale: rng.between(.80, .95),
    warmth: rng.between(-1.2, 1.3),
  };
}
