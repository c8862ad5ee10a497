import assert from "node:assert/strict";
import { join } from "node:path";
import { DOMParser } from "linkedom";
import { encodeBidsRecording } from "../app/infer/write_bids.ts";
import type { Analysis } from "../person/analyse.ts";
import { readUnits } from "../person/unit_readings.ts";
import { runDeno } from "./fakes.ts";
import { infer, made, withModel } from "./infer_folder.ts";

/** The demo's face, observed, with outputs in a folder. */
const observe = (folder: string, ...args: string[]) =>
  runDeno(
    ["run", "--quiet", "--allow-read", "--allow-write", "--allow-env", "--allow-run=ffmpeg"]
      .concat("main.ts", "infer", "--observe", ...args),
    { INIT_CWD: folder },
  );

Deno.test("events go to ELAN and BIDS with the same times as in the JSON, and the same bytes each time", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const args = ["--json", "o.json", "--elan", "o.eaf", "--events", "o_events.tsv"];
    const { code, stderr } = await observe(folder, ...args);
    assert.equal(code, 0, stderr);
    const text = (name: string) => Deno.readTextFile(join(folder, name));
    const { events } = JSON.parse(await text("o.json")).action_units;
    assert.ok(events.length > 5);
    const [heading, ...rows] = (await text("o_events.tsv")).trimEnd().split("\n")
      .map((line) => line.split("\t"));
    assert.deepEqual(heading, [
      "onset",
      "duration",
      "trial_type",
      "apex",
      "strength",
      "description",
    ]);
    assert.equal(rows.length, events.length);
    for (const [i, [onset, duration, type, apex, , name]] of rows.entries()) {
      const event = events[i];
      assert.deepEqual([Number(onset), type, Number(apex), name], [
        event.onset,
        event.code ?? event.name.replaceAll(" ", "_"),
        event.apex,
        event.name,
      ]);
      assert.ok(Math.abs(Number(onset) + Number(duration) - event.offset) < 1e-5);
    }
    const elan = await text("o.eaf");
    const page = new DOMParser().parseFromString(elan, "text/xml");
    const times = new Map(
      [...page.querySelectorAll("TIME_SLOT")].map((slot) =>
        [slot.getAttribute("TIME_SLOT_ID"), Number(slot.getAttribute("TIME_VALUE"))] as const
      ),
    );
    const tiers = [...page.querySelectorAll("TIER")];
    const units = new Set(events.map(({ prompt }: { prompt: string }) => prompt));
    assert.equal(tiers.length, 1 + units.size);
    const unit = events.find(({ code }: { code: string }) => code?.startsWith("AU"));
    const tier = tiers.find((one) => one.getAttribute("TIER_ID") === `${unit.code} ${unit.name}`);
    const mark = tier?.querySelector("ALIGNABLE_ANNOTATION");
    assert.deepEqual(
      [1, 2].map((end) => times.get(mark?.getAttribute(`TIME_SLOT_REF${end}`) ?? "")),
      [unit.onset, unit.offset].map((seconds) => Math.round(1000 * seconds)),
    );
    await observe(folder, "--elan", "again.eaf");
    assert.equal(await text("again.eaf"), elan);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("the JSON has each frame's box and readings, as the table has them, a list to a line", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const { code, stderr } = await observe(
      folder,
      "--json",
      "o.json",
      "--csv",
      "o.csv",
      "--to",
      "1",
    );
    assert.equal(code, 0, stderr);
    const text = await Deno.readTextFile(join(folder, "o.json"));
    assert.doesNotMatch(text, /^\s+[\d.-]+,?$/m, "a number on a line of its own");
    const { faces, action_units: { units } } = JSON.parse(text);
    const [heading = [], ...rows] = (await Deno.readTextFile(join(folder, "o.csv"))).trimEnd()
      .split("\n").map((line) => line.split(","));
    const column = (name: string) => rows.map((row) => Number(row[heading.indexOf(name)]));
    assert.equal(rows.length, 10);
    for (
      const [name, inTable] of [
        ["frame", "frame"],
        ["seconds", "seconds"],
        ["left", "face_left"],
        ["top", "face_top"],
        ["width", "face_width"],
        ["height", "face_height"],
        ["score", "face_score"],
      ] as const
    ) {
      assert.deepEqual(faces[name], column(inTable), name);
    }
    for (const { prompt, present } of units) assert.deepEqual(present, column(prompt), prompt);
    const brow = units.find(({ code }: { code: string }) => code === "AU4");
    assert.deepEqual(brow.more_than_usual, column("AU04_more"));
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

/** A BIDS recording of frames at these times, with a face in some of them and two units. */
async function recordingOf(times: readonly number[], seen: readonly number[], units: number[]) {
  const frames = times.map((seconds) => ({ seconds }) as Analysis["frames"][number]);
  const prompts = ["nose_wrinkled", "lick_lips"];
  const { table, information } = await encodeBidsRecording({
    frames,
    seen: seen.map((frame) => frames[frame]),
    readings: readUnits(Float32Array.from(units), prompts, Float32Array.of(.5, .5)),
  } as unknown as Analysis);
  const unzipped = new Blob([table]).stream().pipeThrough(new DecompressionStream("gzip"));
  return { lines: (await new Response(unzipped).text()).split("\n"), information };
}

Deno.test("readings go to a BIDS recording with equal steps, n/a where no face was seen", async () => {
  // The frame at 0.8 is missing.
  const times = [0.5, 0.6, 0.7, 0.9], units = [.25, .5, .75, 1, .5, .25];
  const { lines, information } = await recordingOf(times, [0, 2, 3], units);
  assert.deepEqual(lines, [
    "0.25\t0.5\t0\t0.25",
    "n/a\tn/a\tn/a\tn/a",
    "0.75\t1\t0.5\t0.75",
    "n/a\tn/a\tn/a\tn/a",
    "0.5\t0.25\t0.25\t0",
    "",
  ]);
  const { SamplingFrequency, StartTime, Columns, AU9_present } = JSON.parse(information);
  assert.deepEqual([SamplingFrequency, StartTime], [10, 0.5]);
  assert.deepEqual(Columns, ["AU9_present", "lips_licked_present", "AU9_more", "lips_licked_more"]);
  assert.match(AU9_present.Description, /similarity to "nose wrinkled"/);
});

Deno.test("a BIDS recording ends where no face was seen, and has all of a video whose times go back", async () => {
  const nothing = "n/a\tn/a\tn/a\tn/a";
  const { lines: none } = await recordingOf([0, 0.5], [], []);
  assert.deepEqual(none, [nothing, nothing, ""]);
  const { lines: joined } = await recordingOf([2, 2.5, 0, 0.5], [0, 2, 3], [
    1,
    1,
    .5,
    .5,
    .25,
    .25,
  ]);
  assert.deepEqual(joined, [
    ...["0.5\t0.5\t0.25\t0.25", "0.25\t0.25\t0\t0", nothing, nothing],
    ...["1\t1\t0.75\t0.75", nothing, ""],
  ]);
});

Deno.test("- is standard output, for one text alone; what is told goes to standard error then", async () => {
  await withModel(async (folder) => {
    const faces = ["v.mkv", "--no-face-crop", "--to", "0.4"];
    const { code, stdout, stderr } = await infer(folder, ...faces, "--json", "-");
    assert.equal(code, 0, stderr);
    assert.equal(JSON.parse(stdout).schema, "autt.infer");
    assert.match(stderr, /v\.mkv: 5 frames, a face in each/);
    assert.deepEqual(made(folder), []);
    const table = await infer(folder, ...faces, "--csv", "-", "--physio", "o_physio.tsv.gz");
    assert.match(table.stdout, /^frame,seconds,/);
    assert.deepEqual(made(folder).sort(), ["o_physio.json", "o_physio.tsv.gz"]);
    for (
      const [message, ...args] of [
        [/Cannot write --report to standard output: it is not text: name a file/, "--report", "-"],
        [/Cannot write --json and --csv both to standard output/, "--json", "-", "--csv", "-"],
      ] as const
    ) {
      const refused = await infer(folder, ...faces, ...args);
      assert.equal(refused.code, 2, refused.stderr);
      assert.match(refused.stderr, message);
    }
    const clash = ["--physio", "o.tsv.gz", "--json", "o.json"];
    const both = await infer(folder, ...faces, ...clash);
    assert.equal(both.code, 2);
    assert.match(both.stderr, /Cannot write --physioInfo and --json both to|both to "/);
  });
});
