import { loadSubject, type SubjectState } from "../tta/subject_state.ts";
import { subjectEnding, subjectPath, subjectsFolder } from "./subject_path.ts";
import { parseOptions, UsageError } from "./terminal.ts";

const help =
  `Shows what adapting has learnt of a person, or deletes it; without a name, lists people.

usage: deno task subject [NAME|FILE] [options]
  NAME              a person of \`infer --subject NAME\`
  FILE              a state that was saved in a file
  --json            the same for machines
  --delete          delete it, if it is a state
  -h, --help        this text`;

/** The `subject` command. */
export async function subject(args: string[]): Promise<number> {
  const { values, positionals } = parseOptions(args, {
    json: { type: "boolean", default: false },
    delete: { type: "boolean", default: false },
  });
  if (values.help) {
    console.log(help);
    return 0;
  }
  const [file] = positionals;
  if (positionals.length > 1) {
    throw new UsageError(`Cannot show ${positionals.length} subjects: name one`);
  }
  if (file === undefined) {
    if (values.delete) throw new UsageError("Cannot delete without a name: name one");
    const names = await listSubjects();
    console.log(values.json ? JSON.stringify(names) : names.join("\n") || "nobody yet");
    return 0;
  }
  const path = subjectPath(file), state = await loadSubject(path);
  if (values.delete) {
    await Deno.remove(path);
    console.log(`${file} is deleted`);
    return 0;
  }
  const { tuning, ...information } = state;
  console.log(
    values.json
      ? JSON.stringify({ ...information, step: tuning.step }, null, 2)
      : describe(file, state),
  );
  return 0;
}

/** The names of the people that are kept. */
async function listSubjects(): Promise<string[]> {
  const names: string[] = [];
  try {
    for await (const { name } of Deno.readDir(subjectsFolder())) {
      if (name.endsWith(subjectEnding)) names.push(name.slice(0, -subjectEnding.length));
    }
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
  return names.sort();
}

function describe(
  file: string,
  { model, settings, shape, tuning, outcomes, moved }: SubjectState,
): string {
  const [clip = "", head = ""] = model.split("+").map((part) => part.slice(0, 12));
  const lines = [
    `${file}: tuned in mode "${settings.mode}"`,
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
