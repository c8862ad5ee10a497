import { join } from "node:path";
import { stoppable } from "../../app/terminal/interrupt.ts";
import { clearStatus, countdown, say, showStatus } from "../../app/terminal/status_line.ts";
import { openNamed, runCommand } from "../../app/terminal/terminal.ts";
import { classes, sources, targets } from "../../demo/dataset/cast.ts";
import { demoModel } from "../../demo/model.ts";
import { ifThere } from "../../io/files/if_there.ts";
import { writeAtomically } from "../../io/files/write_atomically.ts";
import { loadClip } from "../../model/clip/load_clip.ts";
import { adaptDsfda } from "../../tta/dsfda/adapt_dsfda.ts";
import type { Dsfda } from "../../tta/dsfda/dsfda.ts";
import { saveDsfda } from "../../tta/dsfda/dsfda_file.ts";
import { type Faces, joinFaces, takeFaces } from "../../tta/dsfda/faces.ts";
import { loadProgress, saveProgress } from "../../tta/dsfda/progress_file.ts";
import {
  drawNetworks,
  keepSources,
  type SourceData,
  sourceStage,
} from "../../tta/dsfda/source_stage.ts";
import { beginDsfda, trainDsfda } from "../../tta/dsfda/train_dsfda.ts";
import {
  decideByDsfda,
  decideByFeatures,
  type Enrolled,
  enrollmentOf,
  recallOf,
} from "./compare_methods.ts";
import { demoOptions, demoSizes } from "./options.ts";
import { writeGrid } from "./picture_grid.ts";
import { placeFaces } from "./place_faces.ts";
import { resultsTable } from "./results_table.ts";
import { type SeenClip, type SeenPerson, seePeople } from "./see_people.ts";
import { swapFaces } from "./swap_faces.ts";
import { ClipJudge } from "./told_by_clip.ts";

/** How the networks see faces: small pictures are of what shows an expression, and of nothing else. */
const view = "close";

/** The `demo:dsfda` command. */
async function demoDsfda(args: string[]): Promise<number> {
  const { values, options } = demoOptions(args);
  const { out, design, seed, people, held, source: settings, adaptation } = options;
  const state = join(out, "source.training"), begin = performance.now();
  await Deno.mkdir(out, { recursive: true });
  return await stoppable(async (signal) => {
    using device = await openNamed(values);
    using clip = await loadClip(device, demoModel);
    const seeing = { device, clip, side: demoSizes.side, view, folder: out, signal } as const;
    const see = (roles: ReturnType<typeof sources>, what: string) =>
      seePeople(seeing, roles, countdown(roles.length, what));
    const taught = await see(
      sources(design, people, options.sourceClips),
      "people to learn from drawn",
    );
    const adapted = await see(
      targets(design, 1, options.targets, options.targetClips),
      "people to test on drawn",
    );
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
    // Nobody of these has taught the generator.
    const strangers = [...taught.slice(-held), ...adapted];
    const { figures, rows } = await swapFaces(device, judge, learnt.parameters, strangers);
    const byFeatures = await decideByFeatures(
      ...[device, clip, taught.slice(0, -held), cast, signal] as const,
    );
    const recalls = {
      "DSFDA, source-only": await decideByDsfda(device, cast, cast.map(() => learnt)),
      "DSFDA, personalised": await decideByDsfda(device, cast, own),
      "enrolled, by the demo's head": byFeatures.enrolled,
      "latent PFT": byFeatures.pft,
    };
    const personal = generated.map((faces, n) => {
      const { pictures } = (cast[n] as Enrolled).resting[0] as SeenClip;
      return [...faces.labels.keys()].slice(0, 7).map((at) =>
        placeFaces(takeFaces(faces, [at]), takeFaces(pictures, [0]))
      );
    });
    await writeGrid(join(out, "faces.png"), [...rows, ...personal]);
    const table = resultsTable({
      recalls: Object.fromEntries(
        Object.entries(recalls).map(([name, decided]) => [name, recallOf(cast, decided)]),
      ),
      figures,
      minutes: (performance.now() - begin) / 60_000,
    });
    clearStatus();
    await writeAtomically(join(out, "results.md"), table);
    console.log(table);
    return 0;

    async function learn(): Promise<Dsfda> {
      const start = drawNetworks(
        demoSizes,
        { people: people - held, classes: classes.length },
        seed,
      );
      using stage = await sourceStage(device, data, start, settings);
      const from = await ifThere(loadProgress(state, stage.of)) ?? beginDsfda(stage, start);
      const { best } = await trainDsfda(device, stage, from, {
        signal,
        save: (progress) => saveProgress(state, progress),
        onPretraining: (lesson, step, steps, losses) =>
          pretraining(lesson, step, steps, told(losses)),
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
      return await keepSources(device, best, data, { classes, view }, { seed });
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

/** Tells of pretraining: each step on a terminal, elsewhere every hundred. */
function pretraining(lesson: string, step: number, steps: number, losses: string): void {
  const line = `learning ${lesson}, step ${step} of ${steps}: ${losses}`;
  if (Deno.stderr.isTerminal()) showStatus(line);
  else if (step % 100 === 0) say(line);
}

/** Shows progress on a terminal. */
function progress(line: string): void {
  if (Deno.stderr.isTerminal()) showStatus(line);
}

function told(losses: ReadonlyMap<string, number>): string {
  return [...losses].map(([name, loss]) => `${name} ${loss.toFixed(3)}`).join(" ");
}

if (import.meta.main) await runCommand(demoDsfda, Deno.args);
