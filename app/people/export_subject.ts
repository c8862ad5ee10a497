import { basename, join } from "node:path";
import { fileSize } from "../../io/files/file_size.ts";
import { privateFile, writeAtomically } from "../../io/files/write_atomically.ts";
import { makePrivateFolder } from "../../io/files/make_private_folder.ts";

const about = (name: string, files: readonly string[]) =>
  `What autt keeps of "${name}", as a copy.

${files.join("\n")}
    the files as autt keeps them (safetensors: a header in JSON, then numbers)
everything.json
    the same as text, with all numbers

"enrolment" is the mean of the features of the person's resting face, over so many frames of so many
videos. "state" is what adapting to the person has learnt: "context", "m" and "v" are the tuned prompt
vectors and what their optimiser remembers; "outcomes" has an entry for each video. "translator" is
latent PFT's, adapted to the person's resting clips; "dsfda" has the networks of that name, adapted to
the same. There are no pictures in it. docs/responsible-use.md of autt explains what it is used for.
`;

/** Vectors as arrays, so that JSON has all their numbers. */
const readable = (_: string, value: unknown) =>
  value instanceof Float32Array || value instanceof Float64Array
    ? [...value]
    : value instanceof Map
    ? Object.fromEntries(value)
    : value;

/**
 * Copies a person's files into a folder, with all numbers as text beside them. Never replaces a file.
 *
 * @returns The paths that were written.
 */
export async function exportSubject(
  name: string,
  { paths, ...contents }: { readonly paths: readonly string[] },
  folder: string,
): Promise<string[]> {
  await makePrivateFolder(folder);
  const names = [...paths.map((path) => basename(path)), "everything.json", "README.txt"];
  const targets = names.map((name) => join(folder, name));
  for (const target of targets) {
    if (await fileSize(target) === undefined) continue;
    throw new Error(`Cannot export "${name}": ${target} is there already: name another folder`);
  }
  const texts = [JSON.stringify(contents, readable, 2), about(name, names.slice(0, paths.length))];
  const copies = await Promise.all(paths.map((path) => Deno.readFile(path)));
  for (const [i, contents] of [...copies, ...texts].entries()) {
    await writeAtomically(targets[i] as string, contents, privateFile);
  }
  return targets;
}
