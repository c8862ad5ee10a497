import { fileSize } from "../../io/files/file_size.ts";
import type { Enrolment } from "../../media/features/enrolment.ts";
import { loadEnrolment } from "../../media/features/enrolment_file.ts";
import type { SubjectState } from "../../tta/clip_autt/subject_state.ts";
import { loadDsfda } from "../../tta/dsfda/dsfda_file.ts";
import { loadLatentPft } from "../../tta/pft/latent_pft_file.ts";
import { loadSubject } from "../../tta/clip_autt/subject_file.ts";
import {
  dsfdaEnding,
  dsfdaPath,
  enrolmentEnding,
  enrolmentPath,
  subjectEnding,
  subjectPath,
  subjectsFolder,
  translatorEnding,
  translatorPath,
} from "./subject_path.ts";
import { exportSubject } from "./export_subject.ts";
import { say } from "../terminal/status_line.ts";
import { parseOptions, switches, texts, UsageError, userPath } from "../terminal/terminal.ts";

const help =
  `Shows, exports or deletes what is kept of a person: what adapting has learnt, and their resting face from
\`./autt enroll\`. Without a name, lists everyone.

usage: ./autt subject [NAME|FILE] [options]
  NAME              the name given to \`infer --subject NAME\` or \`enroll --subject NAME\`
  FILE              the file given to \`infer --subject FILE\`
  --json            the same, for programs
  --export FOLDER   write all of it into a folder as text, to hand to the person
  --delete          delete all of it and print which files are gone
  -h, --help        this text`;

/** What is known about a person: a state, an enrolment or both; and their files. */
type Known = Awaited<ReturnType<typeof loadKnown>>;

/** The `subject` command. */
export async function subject(args: string[]): Promise<number> {
  const { values, positionals } = parseOptions(args, {
    ...texts("export"),
    ...switches("json", "delete"),
  }, help);
  const [file] = positionals;
  if (positionals.length > 1) {
    throw new UsageError(`Cannot show ${positionals.length} subjects: name one`);
  }
  if (file === undefined) {
    if (values.delete) throw new UsageError("Cannot delete without a name: name one");
    if (values.export !== undefined) {
      throw new UsageError("Cannot export without a name: name one");
    }
    const names = await listSubjects();
    console.log(values.json ? JSON.stringify(names) : names.join("\n") || "nobody yet");
    return 0;
  }
  const known = await loadKnown(file);
  if (values.export !== undefined) {
    if (values.delete) {
      throw new UsageError("Cannot export and delete at once: look at the export first");
    }
    console.log((await exportSubject(file, known, userPath(values.export))).join("\n"));
    return 0;
  }
  if (values.delete) {
    for (const path of known.paths) await deleteForGood(path);
    console.log(`${file} is deleted`);
    return 0;
  }
  console.log(values.json ? JSON.stringify(information(known), null, 2) : describe(file, known));
  return 0;
}

/** Deletes a file and looks whether it is gone: a promise is made to a person. */
async function deleteForGood(path: string): Promise<void> {
  await Deno.remove(path);
  if (await fileSize(path) !== undefined) {
    throw new Error(
      `Cannot delete ${path}: it is still there: another program may have written it again`,
    );
  }
  say(`gone: ${path}`);
}

/** Loads a person's files. Throws on any other file, so that `--delete` removes only what was recognised. */
async function loadKnown(file: string) {
  const path = subjectPath(file), neutral = enrolmentPath(file), personal = translatorPath(file);
  const networks = dsfdaPath(file);
  const enrolled = await fileSize(neutral) !== undefined;
  const translated = await fileSize(personal) !== undefined;
  const imitated = await fileSize(networks) !== undefined;
  const adapted = !(enrolled || translated || imitated) || await fileSize(path) !== undefined;
  return {
    state: adapted ? await loadSubject(path) : undefined,
    enrolment: enrolled ? await loadEnrolment(neutral) : undefined,
    translator: translated ? await loadLatentPft(personal) : undefined,
    dsfda: imitated ? await loadDsfda(networks) : undefined,
    paths: [
      ...adapted ? [path] : [],
      ...enrolled ? [neutral] : [],
      ...translated ? [personal] : [],
      ...imitated ? [networks] : [],
    ],
  };
}

/** The names of all people with files. */
async function listSubjects(): Promise<string[]> {
  const names = new Set<string>();
  try {
    for await (const { name } of Deno.readDir(subjectsFolder())) {
      // The longer endings first, because they end with the last one.
      const ending = [enrolmentEnding, translatorEnding, dsfdaEnding, subjectEnding].find((
        ending,
      ) => name.endsWith(ending));
      if (ending !== undefined) names.add(name.slice(0, -ending.length));
    }
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
  return [...names].sort();
}

/** Figures for `--json`, without the vectors. */
function information({ state, enrolment, translator, dsfda }: Known): Record<string, unknown> {
  const { tuning, ...adapted } = state ?? {};
  const { mean: _, ...enrolled } = enrolment ?? {};
  return {
    ...adapted,
    ...tuning && { step: tuning.step },
    ...enrolment && { enrolment: enrolled },
    ...translator && { translator: { classes: translator.classes, scale: translator.scale } },
    ...dsfda && { dsfda: { classes: dsfda.classes } },
  };
}

function describe(file: string, { state, enrolment, translator, dsfda }: Known): string {
  const parts = [
    state && describeState(state),
    enrolment && describeEnrolment(enrolment),
    translator &&
    `latent PFT for ${translator.classes.join(" and ")}, adapted at ${translator.scale}`,
    dsfda && `DSFDA for ${dsfda.classes.join(" and ")}`,
  ];
  return `${file}: ${parts.filter((part) => part !== undefined).join("\n")}`;
}

function describeEnrolment({ clip, cropped, videos, frames }: Enrolment): string {
  return `enrolled with ${frames} frames of ${videos} videos, ${
    cropped ? "faces cut out of them" : "taken whole"
  }, on CLIP ${clip.slice(0, 12)}`;
}

function describeState(
  { model, settings, shape, tuning, outcomes, moved }: SubjectState,
): string {
  const [clip = "", head = ""] = model.split("+").map((part) => part.slice(0, 12));
  const lines = [
    `tuned in mode "${settings.mode}"`,
    `model: CLIP ${clip}, head ${head}`,
    `prompts: ${shape[0]} with ${shape[1]} tuned vectors of ${shape[2]} numbers; ${tuning.step} ` +
    `steps taken; ${moved.distance.toPrecision(3)} away from the first draw`,
    `videos: ${outcomes.length}`,
    ...outcomes.map(({ classBefore, classAfter, entropyBefore, entropyAfter }, i) =>
      `  ${i + 1}: class ${classBefore} with entropy ${entropyBefore.toFixed(3)} before, ` +
      `${classAfter} with ${entropyAfter.toFixed(3)} after`
    ),
  ];
  return lines.join("\n");
}
