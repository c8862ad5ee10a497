import assert from "node:assert/strict";
import { Rng } from "../engine/mod.ts";
import { chooseContenders } from "../app/eval/choose_contenders.ts";
import { evaluate } from "../app/eval/evaluate.ts";
import type { Need } from "../tta/methods/mod.ts";
import type { Dataset } from "../data/dataset.ts";
import { splitTargets } from "../data/split_targets.ts";
import { gpuTest } from "./devices.ts";
import { width, withSetup } from "./eval_people.ts";

/**
 * People at tasks, of which each nearly tells the label; their faces tell who they are and at which task,
 * and nothing of the label.
 */
function leakyDataset(): Dataset {
  const rng = new Rng(11), tasks = ["rest", "reading", "sums", "speech"];
  const look = (seed: number) => {
    const own = new Rng(seed);
    return Float32Array.from({ length: width }, () => own.normal());
  };
  const clips = Array.from(
    { length: 13 },
    (_, person) =>
      tasks.flatMap((task, t) =>
        Array.from({ length: 3 }, (_, n) => ({
          id: `p${person}/${task}-${n}`,
          subject: `p${person}`,
          video: `p${person}/${task}-${n}`,
          task,
          label: Number((t >= 2) !== (rng.uniform() < 0.1)),
          features: Float32Array.from(
            { length: 5 * width },
            (_, i) =>
              (look(person)[i % width] ?? 0) + (look(100 + t)[i % width] ?? 0) + rng.normal(),
          ),
        }))
      ),
  ).flat();
  const byId = new Map(clips.map(({ id, features }) => [id, features]));
  return {
    name: "leaky",
    classes: ["neutral", "pain"],
    clips: clips.map(({ features: _, ...clip }) => clip),
    features: ({ id }) => Promise.resolve(byId.get(id) ?? new Float32Array(0)),
  };
}

gpuTest("where the task tells the label and the face does not, the table shows it", async () => {
  const folder = await Deno.makeTempDir();
  try {
    await withSetup(async ({ device, clip, model, classes }) => {
      const dataset = leakyDataset();
      const all: Need[] = ["head", "gradients", "source labels", "source features", "tasks"];
      const names = ["zero-shot", "tda", "clip-au", "window"];
      const { contenders, leftOut } = chooseContenders(names, classes, new Set(all));
      assert.deepEqual(leftOut, []);
      const split = splitTargets(dataset.clips, { count: 10, seed: 3 });
      assert.deepEqual([split.train.length, split.held.length], [3 * 12, 10 * 12]);
      const evaluation = {
        ...{ device, dataset, split, contenders, folder, seed: 3, resamples: 200, sourceClips: 4 },
        ...{ models: { device, clip, model, classes }, settings: {}, resume: false },
      };
      const { rows, table } = await evaluate(evaluation);
      const of = (name: string) => rows.find((row) => row.name === name) ?? assert.fail(name);
      const f1 = rows.map(({ scores }) => scores.f1);
      assert.equal(Math.max(...f1), of("task only").scores.f1, table);
      assert.ok(of("task only").scores.f1 > 0.85, table);
      assert.equal(of("task only").scores.aucWithinTask, 0.5, "all of it is between tasks");
      for (const name of names) {
        const { scores, standing } = of(name);
        assert.ok(Math.abs(scores.aucWithinTask - 0.5) < 0.15, `${name}: ${table}`);
        assert.deepEqual([standing?.baseline, standing?.verdict], ["task only", "no better"]);
        assert.match(table, new RegExp(`^${name} .* \\*$`, "m"));
      }
      // Faces tell the task, so a baseline that learns from source faces leaks it as well, and no more.
      assert.ok(Math.abs(of("neutral mean").scores.aucWithinTask - 0.5) < 0.15, table);
      const again = await evaluate({ ...evaluation, resume: true });
      assert.deepEqual([again.table, again.rows], [table, rows]);
    });
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
