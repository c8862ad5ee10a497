import {
  type Control,
  controls,
  type Expression,
  expressionOf,
  onSides,
} from "../drawing/controls.ts";
import type { DrawnFace } from "../drawing/face_plan.ts";
import { bell, clamp, exponential, sine } from "../drawing/exact.ts";
import { DrawnRng } from "../drawing/drawn_rng.ts";
import type { Scene } from "../drawing/identity.ts";
import type { Person } from "./person.ts";

/** Frames of a clip, if nothing else is said. */
export const usualFrames = 20;

/** A clip before it is drawn. */
export interface PlannedClip {
  readonly faces: readonly DrawnFace[];
  /** What the face does in each frame, both sides taken together. */
  readonly expressions: readonly Expression[];
}

type Moving = Record<Control, number>[];

/**
 * Plans a clip of a person, with pain or without: pain comes, stays and goes; and there is what faces
 * do all day, talking, blinking, smiling, looking about, which has nothing to do with it.
 */
export function planClip(
  person: Person,
  pain: boolean,
  path: readonly number[],
  frames = usualFrames,
): PlannedClip {
  const rng = new DrawnRng(...path),
    moving: Moving = Array.from({ length: frames }, () => expressionOf());
  if (pain && rng.uniform() >= person.hidden) addPain(moving, person, rng);
  addDistractions(moving, person, rng);
  addPosture(moving, person, rng);
  const expressions = moving.map((own) => settle(own, person));
  const scenes = moveCamera(person.scene, frames, rng);
  return {
    expressions,
    faces: expressions.map((expression, t) => ({
      identity: person.identity,
      scene: scenes[t] as Scene,
      ...onSides(expression, person.lopsided),
    })),
  };
}

/** Onset, apex and offset, each unit a little by itself. */
function addPain(moving: Moving, { pain, expressiveness }: Person, rng: DrawnRng): void {
  const begin = rng.between(0, .45) * moving.length, rise = rng.between(1.5, 5);
  const end = begin + rise + rng.between(4, 14), decay = rng.between(2, 7);
  const strength = expressiveness * rng.between(.55, 1.15);
  for (const control of controls) {
    if (pain[control] === 0) continue;
    const own = pain[control] * strength * rng.between(.75, 1.25);
    for (const [t, expression] of moving.entries()) {
      const shown = clamp((t - begin) / rise, 0, 1) *
        (t > end ? exponential(Math.max(-16, (end - t) / decay)) : 1);
      expression[control] += own * shown * (1 + .10 * rng.normal());
    }
  }
}

function addDistractions(moving: Moving, { talks, smiles, frowns }: Person, rng: DrawnRng): void {
  const frames = moving.length;
  /** Something that comes and goes within a few frames. */
  const pulse = (least: number, most: number, strength: number) => {
    const middle = rng.between(0, frames), width = rng.between(least, most);
    return moving.map((_, t) => strength * bell((t - middle) / width));
  };
  const show = (list: readonly Control[], strengths: readonly number[]) => {
    for (const control of list) {
      for (const [t, expression] of moving.entries()) {
        expression[control] = Math.max(expression[control], strengths[t] ?? 0);
      }
    }
  };
  for (let blinks = rng.poisson(1.2); blinks > 0; blinks--) {
    const at = rng.integer(0, frames - 1), length = rng.integer(0, 1);
    show(["AU45"], moving.map((_, t) => Math.abs(t - at) <= length ? 1 : 0));
  }
  if (rng.uniform() < talks) {
    const phase = rng.between(0, 2 * Math.PI), speed = rng.between(.8, 1.6);
    const strength = rng.between(.2, .6), open = rng.uniform();
    const middle = rng.between(0, frames), half = rng.between(4, 12);
    for (const [t, expression] of moving.entries()) {
      if (Math.abs(t - middle) >= half) continue;
      const spoken = (.5 + .5 * sine(speed * t + phase)) * strength;
      expression.AU25 += spoken;
      expression.AU26 += .6 * spoken * open;
      if (sine(.7 * t) > .4) expression.AU18 += .5 * spoken;
      if (sine(.5 * t + 2) > .3) expression.AU20 += .4 * spoken;
    }
  }
  if (rng.uniform() < .5) {
    const gaze = (["eyesLeft", "eyesRight", "eyesUp", "eyesDown"] as const)[rng.integer(0, 3)];
    if (gaze) show([gaze], pulse(2, 6, rng.between(.2, .9)));
  }
  if (rng.uniform() < smiles) {
    const smile = pulse(2, 6, rng.between(.3, .8));
    for (const [t, expression] of moving.entries()) {
      expression.AU12 += smile[t] ?? 0;
      expression.AU6 += .6 * (smile[t] ?? 0);
      expression.AU25 += .4 * (smile[t] ?? 0);
    }
  }
  if (rng.uniform() < frowns) show(["AU4"], pulse(2, 6, rng.between(.15, .45)));
  if (rng.uniform() < .15) show(["AU1", "AU2"], pulse(1, 4, rng.between(.2, .7)));
  if (rng.uniform() < .12) show(["AU24", "AU23"], pulse(2, 6, rng.between(.3, .8)));
  if (rng.uniform() < .10) show(["AU15"], pulse(2, 6, rng.between(.2, .6)));
  if (rng.uniform() < .12) {
    show([rng.uniform() < .5 ? "AU7" : "AU44"], pulse(2, 6, rng.between(.15, .5)));
  }
  if (rng.uniform() < .06) {
    const odd = (["lipLick", "AU32", "lipWipe", "cheekBlow"] as const)[rng.integer(0, 3)];
    if (odd) show([odd], pulse(1, 3, rng.between(.4, .9)));
  }
}

/** The head turns a little all the time. */
function addPosture(moving: Moving, { posture }: Person, rng: DrawnRng): void {
  let [sideways, down] = posture;
  for (const expression of moving) {
    sideways += rng.normal(0, .06);
    down += rng.normal(0, .05);
    const right = sideways + rng.normal(0, .10), low = down + rng.normal(0, .08);
    expression.headRight = clamp(right, 0, 1);
    expression.headLeft = clamp(-right, 0, 1);
    expression.headDown = clamp(low, 0, 1);
    expression.headUp = clamp(-low, 0, 1);
  }
}

/** On top of the face at rest; lips that part are not pressed. */
function settle(own: Readonly<Record<Control, number>>, { rest }: Person): Expression {
  const all = expressionOf();
  for (const control of controls) {
    all[control] = clamp(rest[control] + own[control] * (1 - .5 * rest[control]), 0, 1);
  }
  const closed = 1 - clamp(all.AU26 + all.AU25, 0, 1);
  for (const control of ["AU23", "AU24", "AU28"] as const) all[control] *= closed;
  return all;
}

/** The camera is held by a hand. */
function moveCamera(scene: Scene, frames: number, rng: DrawnRng): Scene[] {
  const clip: Scene = {
    ...scene,
    scale: scene.scale * (1 + rng.normal(0, .015)),
    lightX: clamp(scene.lightX + rng.normal(0, .05), -.9, .9),
    roll: scene.roll + rng.normal(0, .02),
  };
  let shiftX = scene.shiftX + rng.normal(0, .02), shiftY = scene.shiftY + rng.normal(0, .02);
  return Array.from({ length: frames }, () => {
    shiftX += rng.normal(0, .003);
    shiftY += rng.normal(0, .003);
    return { ...clip, shiftX, shiftY };
  });
}
