import { loadSubject, type SubjectState } from "../tta/subject_state.ts";
import { parseOptions, UsageError, userPath } from "./terminal.ts";

const help = `Shows what adapting has learnt of a person, or deletes it.

usage: deno task subject FILE [options]
  FILE              a state that was saved for a person
  --json            the same for machines
  --delete          delete FILE, if it is a state
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
  if (file === undefined || positionals.length > 1) {
    throw new UsageError(`Cannot show ${positionals.length} subjects: name one file`);
  }
  const path = userPath(file), state = await loadSubject(path);
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
