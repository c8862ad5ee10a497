import assert from "node:assert/strict";
import { DOMParser } from "linkedom";
import { encodeElan } from "../app/infer/write_elan.ts";
import type { Analysis } from "../person/analyse.ts";
import type { UnitEvent } from "../person/unit_events.ts";

/** An event of a unit, from and to a tenth of a second. */
const event = (prompt: string, onset: number, offset: number, strength: number): UnitEvent => ({
  ...{ prompt, onset, apex: onset, offset, strength },
  seconds: { onset: onset / 10, apex: onset / 10, offset: offset / 10 },
});

/** What a file says: its tiers, with the times and texts of their annotations. */
function read(video: string, events: readonly UnitEvent[]) {
  const text = encodeElan(video, { events: { events } } as Analysis);
  const page = new DOMParser().parseFromString(text, "text/xml");
  const times = new Map(
    [...page.querySelectorAll("TIME_SLOT")].map((slot) =>
      [slot.getAttribute("TIME_SLOT_ID"), Number(slot.getAttribute("TIME_VALUE"))] as const
    ),
  );
  const media = page.querySelector("MEDIA_DESCRIPTOR");
  return {
    media: ["MEDIA_URL", "RELATIVE_MEDIA_URL"].map((name) => media?.getAttribute(name)),
    tiers: [...page.querySelectorAll("TIER")].map((tier) =>
      [...tier.querySelectorAll("ALIGNABLE_ANNOTATION")].map((mark) => [
        ...[1, 2].map((end) => times.get(mark.getAttribute(`TIME_SLOT_REF${end}`) ?? "")),
        mark.querySelector("ANNOTATION_VALUE")?.textContent,
      ])
    ),
  };
}

Deno.test("annotations of an ELAN tier never overlap, as ELAN refuses those that do", () => {
  const { tiers: [together] } = read("v.mp4", [
    event("nose_wrinkled", 10, 40, 9),
    event("eyes_fully_closed", 30, 60, 8),
    event("lick_lips", 80, 90, 7),
    event("head_turn_left", 80, 120, 6),
  ]);
  assert.deepEqual(together, [
    [1000, 3000, "AU9 nose wrinkled"],
    [3000, 6000, "AU43 eyes closed"],
    [8000, 12000, "lips licked, M51 head turned left"],
  ]);
});

Deno.test("ELAN finds the video by its absolute path, or beside its own file", () => {
  assert.deepEqual(read("a/v w.mp4", []).media, ["./a/v w.mp4", "./a/v w.mp4"]);
  assert.deepEqual(read("/data/v.mp4", []).media, ["file:///data/v.mp4", "./v.mp4"]);
});
