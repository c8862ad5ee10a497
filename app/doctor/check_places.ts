import { dirname } from "node:path";
import { environment } from "../../engine/mod.ts";
import { findModel } from "../../io/hub/find_model.ts";
import type { HubSettings } from "../../io/hub/hub_settings.ts";
import { pinnedModels } from "../../io/hub/model_files.ts";
import { subjectsFolder } from "../people/subject_path.ts";
import type { Finding } from "./finding.ts";

/** Looks for the CLIP that commands use if none is named, and for the others that have a name here. */
export async function checkWeights(settings: HubSettings): Promise<Finding> {
  const here: string[] = [];
  for (const { name } of pinnedModels) {
    if (await findModel(name, settings) !== undefined) here.push(name);
  }
  const usual = pinnedModels[0]!.name, what = "weights";
  if (here.includes(usual)) return { what, state: "ok", found: here.join(", ") };
  return {
    what,
    state: "missing",
    found: here.length > 0 ? `${here.join(", ")}, but not ${usual}` : "none of CLIP's are here",
    remedy:
      `./autt weights ${usual} (609 MB, once); until then only --model demo works, which knows ` +
      "drawn faces",
  };
}

/** Looks whether files can be made in the folders of models and of people. */
export async function checkFolders(settings: HubSettings): Promise<Finding[]> {
  const findings: Finding[] = [];
  for (
    const [what, folder, variable] of [
      ["downloads", settings.cache, "HF_HUB_CACHE"],
      ["models", settings.models, "AUTT_MODELS"],
      ["people", subjectsFolder(), "AUTT_SUBJECTS"],
    ] as const
  ) {
    const why = await whyUnwritable(folder);
    findings.push(
      why === undefined ? { what, state: "ok", found: folder } : {
        what,
        state: "failed",
        found: `${folder}: ${why}`,
        remedy: `make that folder writable, or name another in ${variable}`,
      },
    );
  }
  return findings;
}

/** Why no file can be made in a folder that may have to be made first; nothing if one can. */
async function whyUnwritable(folder: string): Promise<string | undefined> {
  let there = folder;
  while (dirname(there) !== there) {
    try {
      await Deno.stat(there);
      break;
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) return (error as Error).message;
      there = dirname(there);
    }
  }
  try {
    await Deno.remove(await Deno.makeTempFile({ dir: there, prefix: ".autt-doctor-" }));
  } catch (error) {
    return `nothing can be written to ${there} (${(error as Error).message.split(":")[0]})`;
  }
}

/** The version of the ffmpeg that commands run. Throws if there is none. */
export async function checkFfmpeg(): Promise<string> {
  const program = environment("AUTT_FFMPEG") || "ffmpeg";
  let output: Deno.CommandOutput;
  try {
    output = await new Deno.Command(program, { args: ["-version"], stdin: "null" }).output();
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    throw new Error(`there is no "${program}"`);
  }
  const [first = ""] = new TextDecoder().decode(output.stdout).split("\n");
  if (output.code !== 0 || first === "") {
    throw new Error(`"${program} -version" ended with ${output.code}`);
  }
  return first.replace(/ Copyright.*$/, "");
}
