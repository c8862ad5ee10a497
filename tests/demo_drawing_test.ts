import assert from "node:assert/strict";
import { controls, expressionOf, promptStrengths } from "../demo/drawing/controls.ts";
import { drawFace } from "../demo/drawing/draw_face.ts";
import { DrawnRng } from "../demo/drawing/drawn_rng.ts";
import { bell, cosine, exponential, logarithm, power, sine, step } from "../demo/drawing/exact.ts";
import type { DrawnFace } from "../demo/drawing/face_plan.ts";
import { drawIdentity, drawScene } from "../demo/drawing/identity.ts";
import { planClip } from "../demo/people/clip.ts";
import { designs } from "../demo/people/design.ts";
import { drawPerson } from "../demo/people/person.ts";
import { drawSheet, sheetHash } from "../demo/sheet.ts";
import { auPrompts } from "../model/clip_au/au_prompts.ts";

/** Of the sheet that `./autt demo:sheet` draws: another one means other pictures for everybody. */
const sheet = "388b8b905d5500f05f02c0f5a082d475c3db5ec8b435319f4ebb4409ba88788a";

Deno.test("the contact sheet has the same pixels on every machine, and each time", () => {
  const { pixels, width, height } = drawSheet();
  assert.deepEqual([width, height, sheetHash(pixels)], [1152, 960, sheet]);
  assert.equal(sheetHash(drawSheet().pixels), sheet);
});

function someFace(number: number): DrawnFace {
  const rng = new DrawnRng(7, number), identity = drawIdentity(rng), scene = drawScene(rng);
  const smiling = expressionOf({ AU6: .7, AU12: .9, AU25: .4, headLeft: .3 });
  return { identity, scene, left: smiling, right: smiling };
}

/** What IEEE 754, or arithmetic of whole numbers, gives to the last bit. */
const exactMath: ReadonlySet<string> = new Set([
  ...["abs", "ceil", "clz32", "floor", "fround", "imul", "max", "min", "round", "sign", "sqrt"],
  "trunc",
]);

Deno.test("no picture, person or clip takes a function whose last bit is the machine's own", () => {
  const draw = () => {
    const person = drawPerson(designs.shift, 3, 1, 4);
    const clip = planClip(person, true, [3, 1, 4, 1]).faces;
    return [someFace(2), someFace(3), ...clip.slice(8, 10)].map((face) => drawFace(face, 32));
  };
  const wanted = draw();
  const names = Object.getOwnPropertyNames(Math).filter((name) =>
    typeof Reflect.get(Math, name) === "function" && !exactMath.has(name)
  );
  const kept = names.map((name) => [name, Object.getOwnPropertyDescriptor(Math, name)] as const);
  assert.ok(["exp", "sin", "cos", "log", "pow", "random"].every((name) => names.includes(name)));
  try {
    for (const name of names) {
      Reflect.defineProperty(Math, name, {
        configurable: true,
        value: () => {
          throw new Error(`Math.${name} was called`);
        },
      });
    }
    assert.throws(() => Math.exp(1), /Math\.exp was called/);
    assert.deepEqual(draw(), wanted);
  } finally {
    for (const [name, descriptor] of kept) Object.defineProperty(Math, name, descriptor ?? {});
  }
});

Deno.test("no drawing raises to a power by an operator, which is a function of the machine's too", () => {
  for (const folder of ["drawing", "people"]) {
    const at = new URL(`../demo/${folder}/`, import.meta.url);
    for (const { name } of Deno.readDirSync(at)) {
      assert.doesNotMatch(Deno.readTextFileSync(new URL(name, at)), /[^/]\*\*/, name);
    }
  }
});

/** Numbers from one to another, both ends included. */
const between = (low: number, high: number, count = 4001) =>
  Array.from({ length: count }, (_, i) => low + (high - low) * i / (count - 1));

Deno.test("the exact functions are what their names say, to the digits that they promise", () => {
  const off = (got: number, wanted: number) => Math.abs(got - wanted);
  for (const x of between(-16, 16)) {
    assert.ok(off(exponential(x) / Math.exp(x), 1) < 1e-5, `exponential(${x})`);
  }
  for (const x of between(-6, 6)) {
    assert.ok(off(bell(x), Math.exp(-x * x)) < 2e-7 + 1e-5 * Math.exp(-x * x), `bell(${x})`);
  }
  for (const x of [1e-9, 1e-3, ...between(0.01, 3), 1e6]) {
    assert.ok(off(logarithm(x), Math.log(x)) < 1e-10 * (1 + off(Math.log(x), 0)), `log ${x}`);
  }
  for (const x of between(-40, 40)) {
    assert.ok(off(sine(x), Math.sin(x)) < 1e-9, `sine(${x})`);
    assert.ok(off(cosine(x), Math.cos(x)) < 1e-9, `cosine(${x})`);
  }
  for (const x of between(0.01, 3, 200)) {
    for (const y of [0, .3, 1, 2.2, 3]) {
      assert.ok(off(power(x, y) / x ** y, 1) < 1e-5, `power(${x}, ${y})`);
    }
  }
  assert.deepEqual([power(0, 2), bell(5), step(0, 1, .5), step(1, 0, .25)], [0, 0, .5, .84375]);
});

Deno.test("people are the same for the same numbers, and others for others", () => {
  const ana = drawPerson(designs.style, 1, 0, 4, 3);
  assert.deepEqual(drawPerson(designs.style, 1, 0, 4, 3), ana);
  for (const path of [[1, 0, 4, 2], [1, 0, 3, 4], [1, 0, 4], [0, 1, 0, 4, 3]]) {
    const other = drawPerson(designs.style, ...path);
    assert.notDeepEqual(other.identity, ana.identity, path.join());
    assert.notDeepEqual(other.pain, ana.pain, path.join());
  }
  const clip = planClip(ana, true, [1, 2]);
  assert.deepEqual(planClip(ana, true, [1, 2]), clip);
  assert.notDeepEqual(planClip(ana, true, [1, 3]), clip);
  assert.notDeepEqual(drawFace(someFace(1), 16), drawFace(someFace(2), 16));
});

Deno.test("every prompt has a strength, by the movement that it tells of", () => {
  assert.equal(new Set(controls).size, auPrompts.length + 1); // the last two share a prompt
  const rest = promptStrengths(expressionOf());
  assert.equal(rest.length, 46);
  assert.ok(rest.every((strength) => strength === 0));
  const shownBy = (control: typeof controls[number]) =>
    promptStrengths(expressionOf({ [control]: .5 })).flatMap((x, i) => x === .5 ? [i] : []);
  const closed = [controls.indexOf("AU43"), controls.indexOf("AU45")];
  for (const [i, control] of controls.entries()) {
    const wanted = control === "AU43" || control === "AU45" ? closed : [Math.min(i, 45)];
    assert.deepEqual(shownBy(control), wanted, control);
  }
});
