import {
  type Control,
  controls,
  drawLopsided,
  type Expression,
  expressionOf,
} from "../drawing/controls.ts";
import { clamp, exponential } from "../drawing/exact.ts";
import { DrawnRng } from "../drawing/drawn_rng.ts";
import { drawIdentity, drawScene, type Scene } from "../drawing/identity.ts";
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
  const identity = drawIdentity(rng), usual = drawScene(rng);
  const pain = drawPain(design, rng);
  const expressiveness = rng.between(...design.expressive);
  const rest = expressionOf();
  for (const unit of restUnits) {
    if (rng.uniform() < design.resting) rest[unit] = Math.min(.7, rng.exponential(design.rest));
  }
  const lopsided = drawLopsided(rng, .2);
  return {
    identity,
    scene: design.unseen ? darkScene(usual, rng) : usual,
    /** How strongly pain shows in each unit, and in all of them. */
    pain,
    expressiveness,
    /** The face at rest. */
    rest,
    /** How much more of each control the left side of the picture does than the right. */
    lopsided,
    /** Where the head turns to at rest: to the right, and down. */
    posture: design.unseen ? [rng.normal(0, .3), rng.normal(0, .3)] as const : [0, 0] as const,
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
