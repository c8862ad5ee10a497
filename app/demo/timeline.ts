import { demoModel, demoResting, demoSample } from "../../demo/model.ts";
import { environment } from "../../engine/mod.ts";
import { writeAtomically } from "../../io/files/write_atomically.ts";
import { openFrames } from "../../media/video/open_frames.ts";
import { enrollPerson } from "../../person/enroll_person.ts";
import { openReader } from "../../person/open_reader.ts";
import { eventChart } from "../infer/report/charts.ts";
import {
  deviceHelp,
  deviceOptions,
  openNamed,
  parseOptions,
  runCommand,
  UsageError,
  userPath,
} from "../terminal/terminal.ts";

const help = `Draws the README's picture: what a drawn face in pain does, over time.

usage: ./autt demo:timeline FILE.svg [options]
${deviceHelp}`;

await runCommand(async (args) => {
  const { values, positionals: [name, ...more] } = parseOptions(args, deviceOptions, help);
  if (name === undefined || more.length > 0) throw new UsageError("Cannot draw: name one file");
  using device = await openNamed(values);
  const observing = {
    ...{ device, model: demoModel, entry: undefined, head: undefined, classes: [] },
    ...{ sources: undefined, onePerson: false, faces: "find" as const },
  };
  const ffmpeg = environment("AUTT_FFMPEG");
  using stranger = await openReader({ ...observing, enrolment: undefined });
  const enrolment = await enrollPerson(stranger.watcher, [demoResting], { ffmpeg });
  using reader = await openReader({ ...observing, enrolment });
  const [reading] = await Array.fromAsync(reader.read(() => openFrames(demoSample, { ffmpeg })));
  if (!reading) throw new Error("Cannot draw: nothing was read in the demo's clip");
  // Dark pages show it too.
  const chart = eventChart(reading.analysis).replace("<svg ", '<svg style="background: white" ');
  await writeAtomically(userPath(name), `${chart}\n`);
  return 0;
}, Deno.args);
