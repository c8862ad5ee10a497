import { demoHead, demoModel, demoNeutral, demoResting, demoSample } from "../../demo/model.ts";
import type { Device } from "../../engine/mod.ts";
import type { Enrolment } from "../../media/features/enrolment.ts";
import { openFrames } from "../../media/video/open_frames.ts";
import { unitLabel, unitSets } from "../../model/clip_au/facs.ts";
import { loadHead } from "../../model/clip_au/load_head.ts";
import { largestAt, largestPlaces } from "../../numbers/vectors.ts";
import { type Analysis, percent } from "../../person/analyse.ts";
import { enrollPerson } from "../../person/enroll_person.ts";
import { clockTime, groupEvents } from "../../person/event_groups.ts";
import { openReader } from "../../person/open_reader.ts";
import { setReading } from "../../person/unit_readings.ts";
import type { VideoReader } from "../../person/video_reader.ts";
import { stoppable, untilInterrupted } from "../terminal/interrupt.ts";
import { StageClock } from "../terminal/stage_clock.ts";
import { clearStatus, say } from "../terminal/status_line.ts";
import { openNamed } from "../terminal/terminal.ts";
import { aboutReader } from "./about.ts";
import { chooseMethod } from "./choose_parts.ts";
import type { InferCommand } from "./command.ts";
import { readVideo } from "./read_video.ts";
import { describeGroup } from "./summarise_units.ts";
import type { OutputPaths } from "./write_outputs.ts";

/** How the story decides: on the most certain window, without tuning. What helps here is the resting face. */
const method = chooseMethod("window", false);

/**
 * What the project is for, on a drawn person whom no head was trained on: at rest they look to the model
 * like others in pain; once their resting face is known, they don't, and their pain is still seen.
 */
export async function tellStory(
  command: InferCommand,
  guard: (outputs: OutputPaths) => Promise<void>,
): Promise<number> {
  const head = await loadHead(demoHead), { classes } = head;
  const parts = { head, classes, sources: undefined };
  const open = (device: Device, enrolment: Enrolment | undefined) =>
    openReader({
      ...{ device, model: demoModel, entry: method.entry, ...parts, enrolment },
      precision: command.precision,
      ...{ onePerson: false, faces: "find" },
    });
  return await stoppable(
    async (signal) => {
      using device = await openNamed(command);
      const options = { ...command.options, signal };
      const answerTo = async (reader: VideoReader) => {
        const reading = reader.read(() => openFrames(demoNeutral, options), {
          ...options,
          person: 1,
        });
        const [one] = await untilInterrupted(Array.fromAsync(reading), signal);
        return answerOf(one?.analysis, classes, "neutral");
      };
      using stranger = await untilInterrupted(open(device, undefined), signal);
      const before = await answerTo(stranger);
      const enrolling = enrollPerson(stranger.watcher, [demoResting], { ...options, person: 1 });
      const enrolment = await untilInterrupted(enrolling, signal);
      using known = await untilInterrupted(open(device, enrolment), signal);
      const after = await answerTo(known);
      const { usual, prompts } = known.observer.observe([]).readings;
      const habits = largestPlaces([...usual], 2).map((unit) => unitLabel(prompts[unit] ?? ""));
      const story = [
        `At rest, read like everybody else: ${before}.`,
        `The same clip, once four seconds of the person's resting face are known: ${after}.`,
        `Why: this face shows ${habits.join(" and ")} even at rest, as other faces do in pain.`,
      ];
      const named = { path: demoHead, name: "the demo's head" };
      const about = { ...await aboutReader(known, { method, head: named }, parts), story };
      const video = { name: "a drawn face", path: demoSample }, clock = new StageClock();
      const run = { reader: known, about, guard, signal, clock, keep: undefined };
      const [pain] = await readVideo(video, command, run);
      clearStatus();
      if (pain) (command.printed ? say : console.log)(screenOf(story, pain.analysis, classes));
      return 0;
    },
    "stopped: nothing was written",
    "end",
  );
}

/** An answer with its probability, and whether it is what was drawn. */
function answerOf(
  analysis: Analysis | undefined,
  classes: readonly string[],
  drawn: string,
): string {
  const shares = analysis?.adaptation?.after.probabilities;
  if (!shares) return `no answer, since ${analysis?.abstained}`;
  const best = largestAt(shares), right = classes[best] === drawn;
  return `"${classes[best]}" with ${percent(shares[best] ?? NaN)}, which is ${
    right ? "right" : "wrong"
  }`;
}

/** What is printed. */
function screenOf(story: readonly string[], pain: Analysis, classes: readonly string[]): string {
  const [first, second, why] = story;
  return `A drawn person whom the model has never seen (a drawing, so nothing here is about people):

  1. ${first}
  2. ${second}
     ${why}
  3. And in pain: ${answerOf(pain, classes, "pain")}.

${timeline(pain).join("\n")}

Next: ./autt infer VIDEO reads a real face (it asks before it fetches CLIP's weights), ./autt enroll learns a
resting face, ./autt doctor tells whether everything works here; --report FILE writes the page of this.`;
}

/** The clip in pain over time, in characters: the pain set, then what was more than usual and when. */
function timeline({ readings, events: { events }, seen }: Analysis): string[] {
  const set = unitSets[0]!, values = setReading(set, readings.moreThanUsual, readings.prompts);
  const [least, most] = [Math.min(...values), Math.max(...values)];
  const blocks = "▁▂▃▄▅▆▇█";
  const line = [...values].map((x) =>
    blocks[Math.min(7, Math.floor(8 * (x - least) / (most - least)))]
  ).join("");
  const time = (place: number) => clockTime(seen[place]?.seconds ?? NaN);
  const groups = groupEvents(events).map((group) => `  ${describeGroup(group)}`);
  return [
    `  the units of ${set.name} (${set.source}), from ${time(0)} to ${time(seen.length - 1)}:`,
    `  ${line}`,
    ...groups,
  ];
}
