import { join } from "node:path";
import { stoppable } from "../../app/terminal/interrupt.ts";
import { clearStatus, countdown, say, showStatus } from "../../app/terminal/status_line.ts";
import {
  allowedNumber,
  deviceHelp,
  deviceOptions,
  isWhole,
  openNamed,
  parseOptions,
  runCommand,
  texts,
  UsageError,
  userPath,
} from "../../app/terminal/terminal.ts";
import { classes, sources, targets } from "../../demo/dataset/cast.ts";
import { demoModel } from "../../demo/model.ts";
import { ifThere } from "../../io/files/if_there.ts";
import { writeAtomically } from "../../io/files/write_atomically.ts";
import { reducedSizes } from "../../model/dsfda/draw_parameters.ts";
import { loadClip } from "../../model/clip/load_clip.ts";
import { adaptDsfda, usualAdaptation } from "../../tta/dsfda/adapt_dsfda.ts";
import { quickOption } from "../effort.ts";
import type { Dsfda } from "../../tta/dsfda/dsfda.ts";
import { saveDsfda } from "../../tta/dsfda/dsfda_file.ts";
import { type Faces, joinFaces, takeFaces } from "../../tta/dsfda/faces.ts";
import { loadProgress, saveProgress } from "../../tta/dsfda/progress_file.ts";
import { dsfdaProtocols, dsfdaSettings } from "../../tta/dsfda/settings.ts";
import {
  drawNetworks,
  keepSources,
  type SourceData,
  sourceStage,
} from "../../tta/dsfda/source_stage.ts";
import { beginDsfda, trainDsfda } from "../../tta/dsfda/train_dsfda.ts";
import { decideByDsfda, decideByFeatures, enrollmentOf, recallOf } from "./compare_methods.ts";
import { writeGrid } from "./picture_grid.ts";
import { resultsTable } from "./results_table.ts";
import { type SeenPerson, seePeople } from "./see_people.ts";
import { swapFaces, swapFigures } from "./swap_faces.ts";
import { ClipJudge } from "./told_by_clip.ts";

const help = `Trains DSFDA on drawn people, from the drawing to pictures and a table.

usage: ./autt demo:dsfda [options]
  --out FOLDER      the table, the pictures and the networks (default dsfda); a training that was stopped
                    there goes on
  --people N        to learn from, four of whom choose the epoch (default 20)
  --targets N       to adapt to and be tested on (default 6)
  --epochs N        of the source stage (default 10)
  --steps N         of an epoch, of 4 faces of either kind (default 25)
  --protocol NAME   of both stages: ${dsfdaProtocols.join(" or ")} (default fixed)
  --seed N          of everything that is drawn in training (default 1999)
  --quick           five people with few clips to learn from, two to test on, a step: to see that it runs
${deviceHelp}

An eighth of the channels, 64 x 64 pixels. The pictures have a row for each person: their face at rest,
another person's in pain, what is generated of the two; the same once more; and the face at rest with the other's
rest; below, a row for each person of what their own generator makes of them.`;

const fullSize = { held: 4, sourceClips: 10, targetClips: 16, adapted: usualAdaptation };

/** Enough of everything to see that it runs. */
const quickSize: typeof fullSize = {
  ...{ held: 1, sourceClips: 2, targetClips: 8 },
  adapted: { ...usualAdaptation, epochs: 1, steps: 1 },
};

/** The `demo:dsfda` command. */
async function demoDsfda(args: string[]): Promise<number> {
  const { values, positionals } = parseOptions(args, {
    ...deviceOptions,
    ...quickOption,
    out: { type: "string", default: "dsfda" },
    people: { type: "string", default: "20" },
    targets: { type: "string", default: "6" },
    epochs: { type: "string", default: "10" },
    steps: { type: "string", default: "25" },
    seed: { type: "string", default: "1999" },
    ...texts("protocol"),
  }, help);
  if (positionals.length > 0) {
    throw new UsageError(`Cannot take "${positionals[0]}": see --help for the options`);
  }
  const whole = (name: "people" | "targets" | "epochs" | "steps" | "seed", least: number) =>
    allowedNumber(
      values[name],
      (x) => isWhole(x, least),
      `Cannot train with --${name} ${values[name]}: wanted a whole number from ${least} on`,
    );
  const { held, sourceClips, targetClips, adapted: adapting } = values.quick ? quickSize : fullSize;
  const people = values.quick ? held + 4 : whole("people", held + 4), seed = whole("seed", 0);
  const tested = values.quick ? 2 : whole("targets", 2);
  const protocol = dsfdaProtocols.find((one) => one === (values.protocol ?? "fixed"));
  if (!protocol) {
    throw new UsageError(
      `Cannot train by the protocol "${values.protocol}": wanted ${dsfdaProtocols.join(" or ")}`,
    );
  }
  const settings = dsfdaSettings("source", protocol, {
    ...{ batch: 4, rate: 1e-3, seed },
    epochs: values.quick ? 1 : whole("epochs", 1),
    steps: values.quick ? 1 : whole("steps", 1),
  });
  const adaptation = dsfdaSettings("target", protocol, { ...adapting, seed });
  const out = userPath(values.out), state = join(out, "source.training"), begin = performance.now();
  await Deno.mkdir(out, { recursive: true });
  return await stoppable(async (signal) => {
    using device = await openNamed(values);
    using clip = await loadClip(device, demoModel);
    const seeing = { device, clip, side: reducedSizes.side, folder: out, signal };
    const see = (roles: ReturnType<typeof sources>, what: string) =>
      seePeople(seeing, roles, countdown(roles.length, what));
    const taught = await see(sources("style", people, sourceClips), "people to learn from drawn");
    const adapted = await see(targets("style", 1, tested, targetClips), "people to test on drawn");
    const data = { train: facesOf(taught.slice(0, -held)), held: facesOf(taught.slice(-held)) };
    const learnt = await learn();
    await saveDsfda(join(out, "dsfda.safetensors"), learnt);
    const cast = adapted.map(enrollmentOf), own: Dsfda[] = [], generated: Faces[] = [];
    for (const [n, { resting }] of cast.entries()) {
      progress(`adapting to person ${n + 1} of ${cast.length}`);
      const { dsfda, bestEpoch, generated: faces } = await adaptDsfda(
        device,
        learnt,
        resting.map(({ faces }) => faces),
        { settings: adaptation, signal },
      );
      say(`person ${n + 1}: ${bestEpoch === 0 ? "not adapted" : `epoch ${bestEpoch}`}`);
      own.push(dsfda);
      generated.push(faces);
    }
    using judge = await ClipJudge.open(device, clip);
    const { swaps, rows } = await swapFaces(device, judge, learnt.parameters, adapted);
    const byFeatures = await decideByFeatures(
      ...[device, clip, taught.slice(0, -held), cast, signal] as const,
    );
    const recalls = {
      "DSFDA, source-only": await decideByDsfda(device, cast, cast.map(() => learnt)),
      "DSFDA, personalised": await decideByDsfda(device, cast, own),
      "enrolled, by the demo's head": byFeatures.enrolled,
      "latent PFT": byFeatures.pft,
    };
    const personal = generated.map((faces) =>
      [...faces.labels.keys()].slice(0, 7).map((n) => takeFaces(faces, [n]))
    );
    await writeGrid(join(out, "faces.png"), [...rows, ...personal]);
    const table = resultsTable({
      recalls: Object.fromEntries(
        Object.entries(recalls).map(([name, decided]) => [name, recallOf(cast, decided)]),
      ),
      figures: swapFigures(swaps),
      minutes: (performance.now() - begin) / 60_000,
    });
    clearStatus();
    await writeAtomically(join(out, "results.md"), table);
    console.log(table);
    return 0;

    async function learn(): Promise<Dsfda> {
      const start = drawNetworks(
        reducedSizes,
        { people: people - held, classes: classes.length },
        seed,
      );
      using stage = await sourceStage(device, data, start, settings);
      const from = await ifThere(loadProgress(state, stage.of)) ?? beginDsfda(stage, start);
      const { best } = await trainDsfda(device, stage, from, {
        signal,
        save: (progress) => saveProgress(state, progress),
        onStep: (epoch, step, steps, losses) =>
          progress(`epoch ${epoch}, step ${step} of ${steps}: ${told(losses)}`),
        onEpoch: (epoch, { losses, held }, best) =>
          say(
            `epoch ${epoch}: ${told(new Map(Object.entries(losses)))}; held out: loss ` +
              `${held.loss.toFixed(3)}, ${(100 * held.accuracy).toFixed(1)} %${
                best ? ", the best so far" : ""
              }`,
          ),
      });
      return await keepSources(device, best, data, classes, { seed });
    }
  }, "stopped: the same command goes on");
}

/** The middle five of the faces of each clip, when an expression is at its strongest. */
function facesOf(people: readonly SeenPerson[]): SourceData["train"] {
  const parts = people.flatMap((clips, person) =>
    clips.map(({ faces }): Faces => {
      const middle = takeFaces(faces, [3, 4, 5, 6, 7]);
      return { ...middle, people: middle.people.map(() => person) };
    })
  );
  return joinFaces(parts as [Faces, ...Faces[]]);
}

/** Shows progress on a terminal. */
function progress(line: string): void {
  if (Deno.stderr.isTerminal()) showStatus(line);
}

function told(losses: ReadonlyMap<string, number>): string {
  return [...losses].map(([name, loss]) => `${name} ${loss.toFixed(3)}`).join(" ");
}

if (import.meta.main) await runCommand(demoDsfda, Deno.args);
