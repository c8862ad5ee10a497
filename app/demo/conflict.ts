import { drawnFolder } from "../../demo/dataset/drawn_features.ts";
import { demoModel } from "../../demo/model.ts";
import {
  listSpeakers,
  speakerClasses,
  SpeakerDataset,
} from "../../demo/speakers/speaker_dataset.ts";
import { measureVoices } from "../../demo/speakers/measure_voices.ts";
import { restingTask, speakerVariants } from "../../demo/speakers/speaker.ts";
import { restingTasks, setRestingAside } from "../../data/resting_clips.ts";
import { loadClip } from "../../model/clip/load_clip.ts";
import { fusionMethods } from "../../tta/ambivalence/methods.ts";
import { personalMethods } from "../../tta/ambivalence/personal_methods.ts";
import { usualFusionTraining } from "../../tta/ambivalence/train_fusion.ts";
import { baselinesFor } from "../../tta/baselines/mod.ts";
import { writeDemoHead } from "./write_demo_head.ts";
import { evaluate } from "../eval/evaluate.ts";
import { stoppable } from "../terminal/interrupt.ts";
import { countdown } from "../terminal/status_line.ts";
import {
  allowedNumber,
  deviceHelp,
  deviceOptions,
  isWhole,
  openNamed,
  parseOptions,
  runCommand,
  UsageError,
  userPath,
} from "../terminal/terminal.ts";

const help =
  `Compares fusions of face, words and voice on drawn people who speak, with a planted conflict.

usage: ./autt demo:conflict [options]
  --variant NAMES   of ${speakerVariants.join(", ")} (default all)
  --sources N       people to learn from, of 14 answers each (default 36)
  --targets N       other people, to be tested on (default 72)
  --steps N         of training (default 50)
  --early N         the same with fewer steps, of those that can learn it (default 10)
  --batch N         answers in a step (default 128)
  --seed N          each gives other people to be tested on (default 1)
  --sound           measure voices in drawn sound, as those of videos are, instead of taking parameters:
                    a quarter of a second for each answer, the first time
  --head FILE       write a fusion that learnt from all of these people's answers with a conflict, with
                    measured voices, for \`infer --task ambivalence --model demo\`, and print no table
  --features FOLDER where the features of their faces are kept (default: in the user's cache)
${deviceHelp}

Faces are drawn and embedded by the demo's CLIP; sentences come from a grammar and are embedded by its text
tower. Without --sound voices are parameters (pitch, its range, loudness, speed, pauses).

conflict: half of the answers say one thing in words and another by face and voice. No modality alone, and no
sum over them, can tell which: linear concatenation stays at 50 %. A perceptron learns it from the modalities
side by side too, but later than from their differences and products.
leak: the question alone tells how likely an answer is to be ambivalent, and nothing else tells more. A method
that seems good there has only recognised the question: look at "in task", which is at 50 by chance.
rest: faces at rest look as if they were for or against something, each by another amount, and voices tell
nothing. The first question is answered at rest: these answers tell conflict-enrolled of the person's resting
face, and nobody is tested on them.`;

await runCommand(async (args) => {
  const { values } = parseOptions(args, {
    ...deviceOptions,
    variant: { type: "string", default: speakerVariants.join() },
    sources: { type: "string", default: "36" },
    targets: { type: "string", default: "72" },
    steps: { type: "string", default: "50" },
    early: { type: "string", default: "10" },
    batch: { type: "string", default: "128" },
    seed: { type: "string", default: "1" },
    sound: { type: "boolean", default: false },
    head: { type: "string" },
    features: { type: "string" },
  }, help);
  const whole = (
    name: "sources" | "targets" | "steps" | "early" | "batch" | "seed",
    least: number,
  ) =>
    allowedNumber(
      values[name],
      (x) => isWhole(x, least),
      `Cannot draw with --${name} ${values[name]}: wanted a whole number from ${least} on`,
    );
  const count = {
    sources: whole("sources", 5),
    targets: whole("targets", 2),
    seed: whole("seed", 1),
  };
  const training = {
    ...usualFusionTraining,
    ...{ steps: whole("steps", 1), batch: whole("batch", 1), seed: count.seed },
  };
  const early = whole("early", 1);
  const methods = [
    ...fusionMethods(training),
    ...fusionMethods({ ...training, steps: early })
      .filter(({ name }) => ["concatenation", "conflict"].includes(name))
      .map((entry) => ({ ...entry, name: `${entry.name}, ${early} steps` })),
  ];
  const variants = values.variant.split(",").map((name) => {
    const found = speakerVariants.find((one) => one === name);
    if (found) return found;
    throw new UsageError(
      `Cannot draw the variant "${name}": wanted any of ${speakerVariants.join(", ")}`,
    );
  });
  const rule = restingTasks([restingTask]);
  const folder = userPath(values.features) ?? drawnFolder();
  const heard = (split: ReturnType<typeof listSpeakers>, signal: AbortSignal) => {
    const onAnswer = countdown(split.train.length + split.held.length, "voices measured");
    return measureVoices(split, folder, { signal, onAnswer });
  };
  return await stoppable(async (signal) => {
    using device = await openNamed(values);
    using clip = await loadClip(device, demoModel);
    if (values.head !== undefined) {
      const split = await heard(listSpeakers("conflict", count), signal);
      const dataset = new SpeakerDataset("conflict", split, { clip, folder });
      await writeDemoHead(userPath(values.head), { device, clip, dataset, training, signal });
      return 0;
    }
    for (const variant of variants) {
      const listed = listSpeakers(variant, count);
      const heardSplit = values.sound ? await heard(listed, signal) : listed;
      // Resting answers are asked for where resting faces are unusual; nothing is tested on them.
      const resting = variant === "rest"
        ? setRestingAside(heardSplit.held, rule, Infinity)
        : undefined;
      const sourceRest = resting ? heardSplit.train.filter(rule.is) : [];
      const split = { train: heardSplit.train, held: resting?.tested ?? heardSplit.held };
      const personal = resting ? personalMethods(training) : [];
      const kept = await Deno.makeTempDir();
      try {
        const { table } = await evaluate({
          ...{ device, split, signal, folder: kept, resume: false, seed: count.seed },
          ...{ resting: resting?.resting, sourceRest },
          dataset: new SpeakerDataset(variant, heardSplit, { clip, folder }),
          contenders: [
            ...baselinesFor(speakerClasses).map((entry) => ({ entry, baseline: true })),
            ...[...methods, ...personal].map((entry) => ({ entry, baseline: false })),
          ],
          models: { device, clip, classes: speakerClasses },
          settings: { steps: training.steps, batch: training.batch },
          sourceClips: Infinity,
          resamples: 1000,
        });
        console.log(`${variant}, after ${training.steps} steps: ${table}\n`);
      } finally {
        await Deno.remove(kept, { recursive: true });
      }
    }
    return 0;
  }, "stopped: who is drawn already need not be drawn again");
}, Deno.args);
