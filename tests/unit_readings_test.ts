import assert from "node:assert/strict";
import { auPrompts } from "../model/clip_au/au_prompts.ts";
import { facsUnit, unitLabel, unitSets } from "../model/clip_au/facs.ts";
import { clockTime, groupEvents } from "../person/event_groups.ts";
import { findEvents, type UnitEvent, usualEvents } from "../person/unit_events.ts";
import { aboveUsual, readUnits, setReading } from "../person/unit_readings.ts";
import { Rng } from "../numbers/rng.ts";

Deno.test("every prompt has a FACS code or a name, and the sets' units are among them", () => {
  const units = auPrompts.map(facsUnit);
  assert.ok(units.every(({ name }) => name.length > 3));
  const codes = units.flatMap(({ code }) => code ?? []);
  assert.equal(new Set(codes).size, codes.length);
  assert.deepEqual([codes.length, auPrompts.length], [45, 46], "licking has no code");
  for (
    const [prompt, label] of [
      ["inner_eyebrows_raised", "AU1 inner brow raised"],
      ["eyebrows_lowered_and_pulled_together", "AU4 brow lowered"],
      ["nose_wrinkled", "AU9 nose wrinkled"],
      ["eyes_fully_closed", "AU43 eyes closed"],
      ["head_turn_left", "M51 head turned left"],
      ["lick_lips", "lips licked"],
      ["somebody's_own", "somebody's own"],
    ] as const
  ) assert.equal(unitLabel(prompt), label);
  for (const { groups } of unitSets) assert.ok(groups.flat().every((code) => codes.includes(code)));
});

/** Two units over frames: similarities by unit. */
const interleaved = (a: readonly number[], b: readonly number[]) =>
  Float32Array.from(a.flatMap((x, i) => [x, b[i] ?? NaN]));

Deno.test("more than usual takes off half of the enrolled rest, else half of the video's mean", () => {
  const units = interleaved([.25, .75], [.5, .5]), prompts = ["x", "y"];
  const enrolled = readUnits(units, prompts, Float32Array.of(.5, .25));
  assert.deepEqual([...enrolled.present], [...units]);
  assert.deepEqual([...enrolled.moreThanUsual], [0, .375, .5, .375]);
  assert.deepEqual([...aboveUsual(enrolled)], [-.25, .25, .25, .25]);
  assert.equal(enrolled.usualIs, "enrolled resting face");
  const alone = readUnits(units, prompts);
  assert.deepEqual([...alone.usual], [.5, .5]);
  assert.deepEqual([...alone.moreThanUsual], [0, .25, .5, .25]);
  assert.equal(alone.usualIs, "mean of the video");
});

Deno.test("a set's reading is the mean over its groups of the strongest unit of each", () => {
  const prompts = ["nose_wrinkled", "upper_lip_lifted", "eyes_fully_closed"];
  const set = { name: "", source: "", groups: [["AU9", "AU10"], ["AU43"]] };
  assert.deepEqual([...setReading(set, Float32Array.of(1, 3, 5, 4, 2, 0), prompts)], [4, 2]);
});

const frames = 200, times = Array.from({ length: frames }, (_, i) => i / 10);

/** Readings of noise, around a common cosine as CLIP has it, with what is added to each unit and frame. */
function madeUp(
  added: (unit: number, frame: number) => number,
  rest?: Float32Array,
) {
  const rng = new Rng(3), prompts = [...auPrompts];
  const units = Float32Array.from(
    { length: frames * prompts.length },
    (_, i) => .2 + .004 * rng.normal() + added(i % prompts.length, Math.floor(i / prompts.length)),
  );
  return readUnits(units, prompts, rest);
}

Deno.test("events have onset, apex and offset; noise and single frames are none", () => {
  const bump = (frame: number, from: number, apex: number, to: number) =>
    frame < from || frame > to
      ? 0
      : frame <= apex
      ? (frame - from + 1) / (apex - from + 1)
      : (to - frame + 1) / (to - apex + 1);
  const readings = madeUp((unit, frame) =>
    unit === 2
      ? .08 * bump(frame, 40, 60, 70)
      : unit === 6
      ? .05 * bump(frame, 45, 58, 66)
      : unit === 9 && frame === 120
      ? .2
      : 0
  );
  const { events, doubt } = findEvents(readings, times);
  assert.equal(doubt, undefined);
  assert.deepEqual(events.map(({ prompt }) => facsUnit(prompt).code), ["AU4", "AU9"]);
  const [brow, nose] = events;
  assert.ok(brow && nose && brow.strength > nose.strength && nose.strength > usualEvents.rise);
  assert.ok(brow.onset >= 40 && brow.onset <= 50 && Math.abs(brow.apex - 60) <= 3, `${brow.onset}`);
  assert.ok(brow.offset >= 63 && brow.offset <= 70, `${brow.offset}`);
  assert.deepEqual(brow.seconds, {
    onset: brow.onset / 10,
    apex: brow.apex / 10,
    offset: brow.offset / 10,
  });
  const [group, ...others] = groupEvents(events);
  assert.deepEqual([group?.main, group?.events, others], [brow, [brow, nose], []]);
});

Deno.test("a video without any calm frame is told, and so is one in which the face hardly changes", () => {
  // Something else all the time: each unit for a second, one after the other.
  const busy = madeUp((unit, frame) => unit === Math.floor(frame / 10) ? .06 : 0);
  const { events, doubt } = findEvents(busy, times);
  assert.ok(events.length >= 15, `${events.length} events`);
  assert.match(doubt ?? "", /no calm stretch shows what is usual for this person: enroll/);
  const still = findEvents(madeUp(() => 0), times);
  assert.deepEqual(still.events, []);
  assert.match(
    still.doubt ?? "",
    /the face hardly changes, and a held expression looks like a rest/,
  );
  // The same, held: the video's own mean cannot tell it from rest, the enrolled face can.
  const held = (unit: number) => unit === 2 ? .08 : 0;
  assert.deepEqual(findEvents(madeUp(held), times).events, []);
  const rest = new Float32Array(auPrompts.length).fill(.2);
  const known = findEvents(madeUp(held, rest), times);
  assert.deepEqual(known.events.map(({ prompt, offset }) => [facsUnit(prompt).code, offset]), [
    ["AU4", frames - 1],
  ]);
  assert.equal(known.doubt, undefined);
  assert.equal(findEvents(madeUp(() => 0, rest), times).doubt, undefined);
});

Deno.test("a unit that is strong in the enrolled resting face is no event for as long as it stays so", () => {
  const rest = new Float32Array(auPrompts.length).fill(.2);
  rest[2] = .35;
  const asAtRest = (unit: number) => unit === 2 ? .15 : 0;
  assert.deepEqual(findEvents(madeUp(asAtRest, rest), times).events, []);
  const frowning = (unit: number, frame: number) =>
    asAtRest(unit) + (unit === 2 && frame >= 60 && frame < 90 ? .08 : 0);
  const { events } = findEvents(madeUp(frowning, rest), times);
  assert.deepEqual(
    events.map(({ prompt, onset, offset }) => [facsUnit(prompt).code, onset, offset]),
    [
      ["AU4", 60, 89],
    ],
  );
});

Deno.test("a group names a unit once, by its strongest event", () => {
  const at = (prompt: string, onset: number, offset: number, strength: number): UnitEvent => ({
    ...{ prompt, onset, apex: onset, offset, strength },
    seconds: { onset: onset / 10, apex: onset / 10, offset: offset / 10 },
  });
  const main = at("brow_lowered", 0, 50, 9), first = at("nose_wrinkled", 5, 10, 6);
  const again = at("nose_wrinkled", 20, 30, 7);
  assert.deepEqual(groupEvents([main, first, again]), [{ main, events: [main, again] }]);
});

Deno.test("too few frames give no events, and it is told", () => {
  const readings = readUnits(new Float32Array(7 * 46).fill(.2), [...auPrompts]);
  const { events, doubt } = findEvents(readings, times.slice(0, 7));
  assert.deepEqual(events, []);
  assert.match(doubt ?? "", /too short to tell what is usual: 7 frames with a face, and 8 are/);
});

Deno.test("a picture that stands still has no events, however it differs from the resting face", () => {
  const still = (rest?: Float32Array) => {
    const units = Float32Array.from({ length: 20 * auPrompts.length }, (_, i) => {
      const frame = Math.floor(i / auPrompts.length), unit = i % auPrompts.length;
      return 0.2 + unit / 1024 + (frame > 17 ? 1 / 256 : 0); // it moves at its end alone
    });
    return findEvents(readUnits(units, auPrompts, rest), times.slice(0, 20));
  };
  for (const rest of [undefined, new Float32Array(auPrompts.length).fill(0.15)]) {
    const { events, doubt } = still(rest);
    assert.deepEqual(events, []);
    assert.match(doubt ?? "", /most frames show the very same picture/);
  }
});

Deno.test("times are written as players show them", () => {
  assert.deepEqual([0, 12.44, 59.96, 3723.4].map(clockTime), [
    "0:00.0",
    "0:12.4",
    "1:00.0",
    "1:02:03.4",
  ]);
});
