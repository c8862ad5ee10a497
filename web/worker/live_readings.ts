import { type ClipAu, type Enrolment, joined } from "../../web.ts";
import { clockTime, groupEvents } from "../../person/event_groups.ts";
import { findEvents, type UnitEvents } from "../../person/unit_events.ts";
import { readUnits, usualShare } from "../../person/unit_readings.ts";
import { facsUnit, unitLabel } from "../../model/clip_au/facs.ts";
import { average } from "../../numbers/vectors.ts";
import type { EventReport, UnitReport } from "../messages.ts";

/** How many of the units that are most present are told. */
const mostPresent = 3;

/** What Action Units tell of the frames so far: which are present, and which are more than usual. */
export class LiveReadings {
  readonly #model: ClipAu;
  readonly #rest: Float32Array | undefined;
  readonly #rows: Float32Array[] = [];
  readonly #seconds: number[] = [];

  /** @param enrolment The person's resting face; without one the mean so far is what is usual. */
  constructor(model: ClipAu, enrolment: Enrolment | undefined) {
    this.#model = model;
    this.#rest = enrolment && model.unitsByFrame(enrolment.mean);
  }

  /** Takes in a frame's similarities and tells what is known by then. */
  add(units: Float32Array, seconds: number): UnitReport {
    this.#rows.push(units);
    this.#seconds.push(seconds);
    const { auPrompts } = this.#model.head;
    const readings = readUnits(joined(this.#rows), auPrompts, this.#rest), count = units.length;
    const common = (1 - usualShare) * average([...readings.usual]);
    const present = auPrompts.map((prompt, unit) => ({ prompt, value: units[unit] ?? NaN }))
      .sort((a, b) => b.value - a.value).slice(0, mostPresent);
    return {
      present: present.map(({ prompt }) => unitLabel(prompt)),
      more: Float32Array.from(readings.moreThanUsual.subarray(-count), (x) => x - common),
      events: eventsOf(findEvents(readings, this.#seconds)),
    };
  }
}

/** Events in words, the ones that happen together as one. */
export function eventsOf({ events }: UnitEvents): EventReport[] {
  return groupEvents(events).map(({ main, events }) => ({
    from: clockTime(main.seconds.onset),
    apex: clockTime(main.seconds.apex),
    to: clockTime(main.seconds.offset),
    names: events.map(({ prompt }) => facsUnit(prompt).name),
    codes: events.flatMap(({ prompt }) => facsUnit(prompt).code ?? []),
  }));
}
