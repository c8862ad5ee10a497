import { bahFiles } from "./bah/compare_bah.ts";
import { compareSet } from "./compare_set.ts";
import { GoldenSet } from "./golden_set.ts";
import { dsfdaFiles } from "./dsfda/compare_dsfda.ts";
import { pftFiles } from "./pft/compare_pft.ts";
import { GoldenReport } from "./report.ts";
import { ttaCapFiles } from "./tta_cap/compare_tta_cap.ts";
import {
  deviceHelp,
  deviceOptions,
  openNamed,
  parseOptions,
  runCommand,
  UsageError,
  userPath,
} from "../app/terminal/terminal.ts";

const help = `Compares this version with golden numbers from the original code.

usage: ./autt golden FOLDER [options]
  FOLDER            holds any of: tiny_inputs, tiny_golden (.safetensors) and tiny_tolerances.json;
                    real_recipe.json, real_golden.safetensors and real_tolerances.json;
                    loop.json and loop.safetensors, which go with the first;
                    tokenizer.json; preprocess.safetensors; misc.json;
                    those of TTA-CaP: online.json with online_inputs and online_tensors,
                    offline.json and ebcap.json with theirs, temporal.safetensors, small.json;
                    metrics.json and loaders.json of BAH, and conflict_golden with its inputs and
                    tolerances;
                    those of PFT: latent_golden, losses_golden, tiny_golden and real_golden, with
                    their inputs or recipe and tolerances;
                    those of DSFDA: tiny_golden, real_golden, train_source_golden,
                    train_source_dropout_golden and train_target_golden, with the same
  --vocabulary PATH CLIP's vocabulary, if it is not in FOLDER
  --quiet           only what failed or was left out, and the count
${deviceHelp}

Prints a line for each row, then the first divergent one and "golden: N compared, N failed".
Exit code 1 if any failed, or if there was nothing to compare.`;

/** The `golden` command. */
async function golden(args: string[]): Promise<number> {
  const { values, positionals } = parseOptions(args, {
    ...deviceOptions,
    quiet: { type: "boolean" },
    vocabulary: { type: "string" },
  });
  if (values.help) {
    console.log(help);
    return 0;
  }
  const [folder] = positionals;
  if (folder === undefined || positionals.length > 1) {
    throw new UsageError(
      `Cannot compare ${positionals.length} folders: name one that holds golden numbers`,
    );
  }
  const { vocabulary } = values;
  const set = new GoldenSet(
    userPath(folder),
    vocabulary === undefined ? undefined : userPath(vocabulary),
  );
  const report = new GoldenReport(console.log, values.quiet);
  if (!await set.hasAny([...ttaCapFiles, ...bahFiles, ...pftFiles, ...dsfdaFiles])) {
    throw new UsageError(
      `Cannot compare "${folder}": it holds none of the files that --help names`,
    );
  }
  using device = await openNamed(values);
  await compareSet(device, set, report);
  report.close();
  return report.failed > 0 || report.compared === 0 ? 1 : 0;
}

if (import.meta.main) await runCommand(golden, Deno.args);
